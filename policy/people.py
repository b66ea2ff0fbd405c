"""People who may submit and decide. A person is never deleted: the record names them."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..store.store import Store
from .callers import Caller
from .keys import Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInfo:
    """A person as lists show them; times in microseconds since 1970 UTC."""

    id: str
    name: str = field(repr=False)
    created_at: int
    disabled_at: int | None


class People:
    """Verbs over ``person``; scope ``admin``."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store = store
        self._keys = keys

    async def add(self, caller: Caller, name: str) -> PersonInfo:
        """Add a person. Raises ``name_taken``."""
        raise NotImplementedError

    async def list(self, caller: Caller) -> list[PersonInfo]:
        """Everyone, oldest first, disabled ones too."""
        raise NotImplementedError

    async def disable(self, caller: Caller, person: str) -> PersonInfo:
        """Disable by public id or name; their keys stop at once. Twice is no error."""
        raise NotImplementedError
