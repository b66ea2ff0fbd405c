"""API keys: made once, shown once, stored as SHA-256, revoked for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..store.store import Store
from .callers import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInfo:
    """A key as lists show it; times in microseconds since 1970 UTC."""

    id: str
    name: str
    person: str | None
    """The owner's public id; ``None``: a system."""
    scopes: tuple[str, ...]
    created_at: int
    expires_at: int | None
    revoked_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A fresh key; ``token`` is shown once and never stored."""

    token: str = field(repr=False)
    info: KeyInfo


class Keys:
    """Verbs over ``api_key``. Who may call the administrative ones: scope ``admin``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def verify(self, token: str) -> Caller:
        """The caller a token stands for. Raises ``invalid_token`` or ``expired_key`` (401)."""
        raise NotImplementedError

    async def create(
        self,
        caller: Caller,
        name: str,
        scopes: Sequence[str],
        *,
        person: str | None = None,
        expires_at: int | None = None,
    ) -> NewKey:
        """Make a key; ``person`` is the owner's public id or name."""
        raise NotImplementedError

    async def revoke(self, caller: Caller, key: str) -> KeyInfo:
        """Revoke the key with this public id; doing it twice is no error."""
        raise NotImplementedError

    async def list(self, caller: Caller) -> list[KeyInfo]:
        """Every key, oldest first, revoked ones too."""
        raise NotImplementedError
