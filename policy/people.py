"""People who may submit and decide. A person is never deleted: the record names them."""

from __future__ import annotations

import builtins
import sqlite3
from dataclasses import dataclass, field

from ..store.events import Event
from ..store.ids import new_id
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from .callers import Caller
from .errors import PolicyError
from .keys import Keys
from .names import name as plain_name
from .persons import Person, all_persons, find_person

_SQL = load(__name__, "people.sql")


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
        """Add a person. Raises ``name_taken`` or ``name_invalid``."""
        caller.require("admin")
        name = plain_name(name)

        def unit(uow: UnitOfWork) -> PersonInfo:
            public_id = new_id("p")
            try:
                uow.insert(_SQL["insert"], (public_id, name, uow.now))
            except sqlite3.IntegrityError:
                raise PolicyError("name_taken") from None
            uow.record(
                Event(kind="config", action="person.add", actor=caller.actor, object=public_id)
            )
            return _info(find_person(uow.connection, public_id))

        return await self._store.write(unit)

    async def list(self, caller: Caller) -> builtins.list[PersonInfo]:
        """Everyone, oldest first, disabled ones too."""
        caller.require("admin")
        return [_info(person) for person in await self._store.read(all_persons)]

    async def disable(self, caller: Caller, person: str) -> PersonInfo:
        """Disable by public id or name; their keys stop at once. Twice is no error."""
        caller.require("admin")

        def unit(uow: UnitOfWork) -> PersonInfo:
            found = find_person(uow.connection, person)
            if uow.execute(_SQL["disable"], (uow.now, found.key)).rowcount:
                uow.record(
                    Event(
                        kind="config", action="person.disable", actor=caller.actor, object=found.id
                    )
                )
            uow.on_commit(self._keys.forget)
            return _info(find_person(uow.connection, found.id))

        return await self._store.write(unit)


def _info(person: Person) -> PersonInfo:
    return PersonInfo(
        id=person.id,
        name=person.name,
        created_at=person.created_at,
        disabled_at=person.disabled_at,
    )
