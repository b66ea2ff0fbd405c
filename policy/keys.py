"""API keys: made once, shown once, stored as SHA-256, revoked for good."""

from __future__ import annotations

import builtins
import hmac
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ..store.events import Event
from ..store.ids import new_id
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from .callers import SCOPES, Caller
from .errors import PolicyError
from .names import name as plain_name
from .persons import find_person
from .roles import conflict
from .senders import scopes_of
from .tokens import digest, key_id_of, new_token

_SQL = load(__name__, "keys.sql")
_CACHED = 4_096


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


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A row of ``api_key`` with its owner."""

    caller: Caller
    info: KeyInfo
    hash: bytes = field(repr=False)
    active: bool
    """Neither revoked nor its owner disabled; expiry is the reader's to check."""


class Keys:
    """Verbs over ``api_key``; those that change or list want the scope ``admin``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # This process is the only writer, so a cached key is good until a verb here forgets it.
        self._cache: dict[str, StoredKey] = {}
        self._generation = 0

    async def verify(self, token: str) -> Caller:
        """The caller a token stands for. Raises ``invalid_token`` or ``expired_key`` (401)."""
        key_id = key_id_of(token)
        if key_id is None:
            raise PolicyError("invalid_token")
        stored = self._cache.get(key_id) or await self._load(key_id)
        if stored is None or not hmac.compare_digest(stored.hash, digest(token)):
            raise PolicyError("invalid_token")
        if not stored.active:
            raise PolicyError("invalid_token")
        if stored.info.expires_at is not None and stored.info.expires_at <= self._store.now:
            raise PolicyError("expired_key")
        return stored.caller

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
        caller.require("admin")
        name, granted = plain_name(name), _scopes(scopes)
        if person is None and "approve" in granted:
            raise PolicyError("not_a_person")
        require_roles(granted, person=person is not None)
        if expires_at is not None and expires_at <= self._store.now:
            raise PolicyError("expiry_past")
        key_id = new_id("k")
        token = new_token(key_id)

        def unit(uow: UnitOfWork) -> KeyInfo:
            owner = find_person(uow.connection, person) if person is not None else None
            if owner and owner.disabled_at is not None:
                raise PolicyError("person_disabled")
            owner_id = owner.key if owner else None
            if owner_id is not None:
                held = scopes_of(uow.connection, owner_id, uow.now)
                require_roles(held.union(granted), person=True)
            row = (key_id, name, owner_id, msgspec.json.encode(granted).decode(), digest(token))
            uow.insert(_SQL["insert"], (*row, uow.now, expires_at))
            uow.record(
                Event(
                    kind="key",
                    action="api_key.create",
                    actor=caller.actor,
                    object=key_id,
                    details={"scopes": " ".join(granted), "person": owner.id if owner else ""},
                )
            )
            stored = _read(uow.connection.execute(_SQL["by_id"], (key_id,)).fetchone())
            return stored.info

        return NewKey(token=token, info=await self._store.write(unit))

    async def revoke(self, caller: Caller, key: str) -> KeyInfo:
        """Revoke the key with this public id; doing it twice is no error."""
        caller.require("admin")

        def unit(uow: UnitOfWork) -> KeyInfo:
            row = uow.execute(_SQL["by_id"], (key,)).fetchone()
            if row is None:
                raise PolicyError("not_found", what="key")
            if uow.execute(_SQL["revoke"], (uow.now, row[0])).rowcount:
                event = Event(kind="key", action="api_key.revoke", actor=caller.actor, object=key)
                uow.record(event)
            uow.on_commit(self.forget)
            return _read(uow.execute(_SQL["by_id"], (key,)).fetchone()).info

        return await self._store.write(unit)

    async def list(self, caller: Caller) -> builtins.list[KeyInfo]:
        """Every key, oldest first, revoked ones too."""
        caller.require("admin")
        rows = await self._store.read(lambda c: c.execute(_SQL["all"]).fetchall())
        return [_read(row).info for row in rows]

    def forget(self) -> None:
        """Drop what is cached: a key was revoked or a person disabled."""
        self._generation += 1
        self._cache.clear()

    async def _load(self, key_id: str) -> StoredKey | None:
        generation = self._generation
        row = await self._store.read(lambda c: c.execute(_SQL["by_id"], (key_id,)).fetchone())
        if row is None:
            return None
        stored = _read(row)
        # Not when something was revoked while we read: the row may be from before.
        if stored.active and generation == self._generation and len(self._cache) < _CACHED:
            self._cache[key_id] = stored
        return stored


def stored_key(connection: sqlite3.Connection, key: int) -> StoredKey | None:
    """The row of ``api_key.id``, as it stands in the caller's transaction."""
    row = connection.execute(_SQL["by_key"], (key,)).fetchone()
    return None if row is None else _read(row)


def require_roles(scopes: Collection[str], *, person: bool) -> None:
    """Raises ``roles_conflict`` for what one person never holds together."""
    pair = conflict(scopes) if person else None
    if pair is not None:
        raise PolicyError("roles_conflict", first=pair[0], second=pair[1])


def _scopes(given: Sequence[str]) -> builtins.list[str]:
    for scope in given:
        if scope not in SCOPES:
            raise PolicyError("scope_unknown", scope=scope[:40], allowed=", ".join(SCOPES))
    if not given:
        raise PolicyError("scope_unknown", scope="", allowed=", ".join(SCOPES))
    return sorted(set(given))


def _read(row: Sequence[Any]) -> StoredKey:
    key, public_id, name, person_id, person, disabled_at, scopes, hashed, created, *ends = row
    expires_at, revoked_at = ends
    granted = tuple(msgspec.json.decode(scopes, type=builtins.list[str]))
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
