"""Who a caller is to the rules, as the database says it now."""

from __future__ import annotations

import sqlite3

from ..store.sql import load
from ..store.unit import UnitOfWork
from .callers import Caller
from .roles import roles_of
from .rules.who import names

_SQL = load(__name__, "senders.sql")


def scopes_of(connection: sqlite3.Connection, person: int, now: int) -> frozenset[str]:
    """Scopes of all active keys of ``person`` (``person.id``); empty when disabled."""
    return frozenset(row[0] for row in connection.execute(_SQL["scopes"], (person, now)))


def names_of(uow: UnitOfWork, caller: Caller) -> frozenset[str]:
    """Every selector that ``caller`` answers to. A person is what all the keys make together:
    taking another key changes no rule."""
    key = caller.actor.removeprefix("key:") if caller.key_id is not None else ""
    if caller.person_id is None:
        roles = roles_of(caller.scopes, person=False) if key else frozenset[str]()
        return names(key=key, key_name=caller.name if key else "", roles=roles, actor=caller.actor)
    scopes = scopes_of(uow.connection, caller.person_id, uow.now) | caller.scopes
    return names(
        key=key,
        key_name=caller.name,
        person=caller.person,
        person_name=name_of(uow.connection, caller.person_id),
        roles=roles_of(scopes, person=True),
        actor=caller.actor,
    )


def name_of(connection: sqlite3.Connection, person: int) -> str:
    """The name of ``person`` (``person.id``)."""
    return str(connection.execute(_SQL["person"], (person,)).fetchone()[0])


def approver_since(connection: sqlite3.Connection, person: int) -> int | None:
    """When ``person`` first held the scope ``approve`` (µs since 1970 UTC)."""
    since: int | None = connection.execute(_SQL["approver_since"], (person,)).fetchone()[0]
    return since


def person_names(
    connection: sqlite3.Connection, person: int, public_id: str, now: int
) -> frozenset[str]:
    """The selectors of a person who decides; empty unless the person is an approver *now*."""
    scopes = scopes_of(connection, person, now)
    if "approve" not in scopes:
        return frozenset()
    roles = roles_of(scopes, person=True)
    return names(person=public_id, person_name=name_of(connection, person), roles=roles)
