"""Rows of ``api_key``, as the verbs of this room read and write them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ..store.events import Event
from ..store.sql import load
from ..store.unit import UnitOfWork
from .callers import Caller
from .errors import PolicyError
from .persons import Person
from .roles import conflict
from .senders import scopes_of

_SQL = load(__name__, "keys.sql")


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
class Wanted:
    """A key to be made. ``scopes`` are sorted, each once; ``hash``: SHA-256 of its token."""

    id: str
    name: str
    owner: Person | None
    scopes: tuple[str, ...]
    hash: bytes = field(repr=False)
    expires_at: int | None

    @property
    def owner_key(self) -> int | None:
        """``person.id`` of the owner."""
        return self.owner.key if self.owner else None

    @property
    def scopes_json(self) -> str:
        """As it is stored."""
        return msgspec.json.encode(self.scopes).decode()

    def info(self, now: int) -> KeyInfo:
        """As lists will show it."""
        return KeyInfo(
            id=self.id,
            name=self.name,
            person=self.owner.id if self.owner else None,
            scopes=self.scopes,
            created_at=now,
            expires_at=self.expires_at,
            revoked_at=None,
        )


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A row of ``api_key`` with its owner."""

    caller: Caller
    info: KeyInfo
    hash: bytes = field(repr=False)
    active: bool
    """Neither revoked nor its owner disabled; expiry is the reader's to check."""


def stored_key(connection: sqlite3.Connection, key: int) -> StoredKey | None:
    """The row of ``api_key.id``, as it stands in the caller's transaction."""
    row = connection.execute(_SQL["by_key"], (key,)).fetchone()
    return None if row is None else read(row)


def insert(uow: UnitOfWork, actor: str, wanted: Wanted, allowed_by: str = "") -> KeyInfo:
    """Make the key work, once :func:`require_holder` let it pass. ``allowed_by``: the grant of a
    second person, if one was needed."""
    owner = wanted.owner
    row = (wanted.id, wanted.name, wanted.owner_key, wanted.scopes_json, wanted.hash)
    uow.insert(_SQL["insert"], (*row, uow.now, wanted.expires_at))
    uow.record(
        Event(
            kind="key",
            action="api_key.create",
            actor=actor,
            object=wanted.id,
            details={
                "scopes": " ".join(wanted.scopes),
                "person": owner.id if owner else "",
                "grant": allowed_by,
            },
        )
    )
    return wanted.info(uow.now)


def require_holder(uow: UnitOfWork, wanted: Wanted) -> None:
    """Raises ``person_disabled``, or ``roles_conflict`` with what its owner holds now."""
    if wanted.owner is None:
        return
    if wanted.owner.disabled_at is not None:
        raise PolicyError("person_disabled")
    held = scopes_of(uow.connection, wanted.owner.key, uow.now)
    require_roles(held.union(wanted.scopes), person=True)


def require_roles(scopes: Collection[str], *, person: bool) -> None:
    """Raises ``roles_conflict`` for what one person never holds together."""
    pair = conflict(scopes) if person else None
    if pair is not None:
        raise PolicyError("roles_conflict", first=pair[0], second=pair[1])


def read(row: Sequence[Any]) -> StoredKey:
    """A row with the columns of ``by_id``."""
    key, public_id, name, person_id, person, disabled_at, scopes, hashed, created, *ends = row
    expires_at, revoked_at = ends
    granted = msgspec.json.decode(scopes, type=tuple[str, ...])
    return StoredKey(
        Caller(
            actor=f"key:{public_id}",
            key_id=key,
            person_id=person_id,
            person=person or "",
            name=name,
            scopes=frozenset(granted),
        ),
        KeyInfo(
            id=public_id,
            name=name,
            person=person,
            scopes=granted,
            created_at=created,
            expires_at=expires_at,
            revoked_at=revoked_at,
        ),
        bytes(hashed),
        revoked_at is None and disabled_at is None,
    )
