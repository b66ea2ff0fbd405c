"""API keys: made once, shown once, stored as SHA-256, revoked for good."""

from __future__ import annotations

import builtins
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..store.events import Event
from ..store.ids import new_id
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from . import grants
from .callers import CLI, SCOPES, Caller
from .errors import PolicyError
from .grants import Grants
from .key_rows import KeyInfo, StoredKey, Wanted, insert, read, require_holder, require_roles
from .names import name as plain_name
from .names import reason as plain_reason
from .persons import find_person
from .tokens import digest, key_id_of, new_token

_SQL = load(__name__, "keys.sql")
_CACHED = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A fresh key; ``token`` is shown once and never stored."""

    token: str = field(repr=False)
    info: KeyInfo
    waits_for: str | None = None
    """The grant that another person has to decide about before the token works."""


class Keys:
    """Verbs over ``api_key``; those that change or list want the scope ``admin``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.grants = Grants(store)
        """What waits for a second person."""
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
        reason: str = "",
    ) -> NewKey:
        """Make a key; ``person`` is the owner's public id or name.

        Where it takes two persons the token works once another one allowed it
        (:attr:`NewKey.waits_for`). Raises ``nobody_to_ask`` where there is no such person.
        """
        caller.require("admin")
        reason = plain_reason(reason, needed=False)

        def unit(uow: UnitOfWork, wanted: Wanted) -> tuple[KeyInfo, str | None]:
            if not grants.needs_another(uow, caller, wanted):
                return insert(uow, caller.actor, wanted), None
            return wanted.info(uow.now), grants.propose(uow, caller, wanted, reason)

        return await self._make(name, scopes, person, expires_at, unit)

    async def create_alone(
        self,
        name: str,
        scopes: Sequence[str],
        reason: str,
        *,
        person: str | None = None,
        expires_at: int | None = None,
    ) -> NewKey:
        """For the technician at the machine, when nobody is left who could allow a key: it is on
        record, with an alarm. Raises ``others_decide`` when somebody could."""
        reason = plain_reason(reason, needed=True)

        def unit(uow: UnitOfWork, wanted: Wanted) -> tuple[KeyInfo, str | None]:
            return insert(uow, CLI.actor, wanted, grants.alone(uow, CLI, wanted, reason)), None

        return await self._make(name, scopes, person, expires_at, unit)

    async def create_local(self, name: str) -> NewKey:
        """The key of this machine's own verbs: what the technician may, so it never approves."""

        def unit(uow: UnitOfWork, wanted: Wanted) -> tuple[KeyInfo, str | None]:
            return insert(uow, CLI.actor, wanted), None

        return await self._make(name, sorted(CLI.scopes), None, None, unit)

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
            return read(uow.execute(_SQL["by_id"], (key,)).fetchone()).info

        return await self._store.write(unit)

    async def list(self, caller: Caller) -> builtins.list[KeyInfo]:
        """Every key, oldest first, revoked ones too."""
        caller.require("admin")
        rows = await self._store.read(lambda c: c.execute(_SQL["all"]).fetchall())
        return [read(row).info for row in rows]

    def forget(self) -> None:
        """Drop what is cached: a key was revoked or a person disabled."""
        self._generation += 1
        self._cache.clear()

    async def _make(
        self,
        name: str,
        scopes: Sequence[str],
        person: str | None,
        expires_at: int | None,
        unit: Callable[[UnitOfWork, Wanted], tuple[KeyInfo, str | None]],
    ) -> NewKey:
        name, granted = plain_name(name), _scopes(scopes)
        if person is None and "approve" in granted:
            raise PolicyError("not_a_person")
        require_roles(granted, person=person is not None)
        if expires_at is not None and expires_at <= self._store.now:
            raise PolicyError("expiry_past")
        key_id = new_id("k")
        token = new_token(key_id)

        def whole(uow: UnitOfWork) -> tuple[KeyInfo, str | None]:
            wanted = Wanted(
                id=key_id,
                name=name,
                owner=None if person is None else find_person(uow.connection, person),
                scopes=granted,
                hash=digest(token),
                expires_at=expires_at,
            )
            require_holder(uow, wanted)
            return unit(uow, wanted)

        info, waits_for = await self._store.write(whole)
        return NewKey(token=token, info=info, waits_for=waits_for)

    async def _load(self, key_id: str) -> StoredKey | None:
        generation = self._generation
        row = await self._store.read(lambda c: c.execute(_SQL["by_id"], (key_id,)).fetchone())
        if row is None:
            return None
        stored = read(row)
        # Not when something was revoked while we read: the row may be from before.
        if stored.active and generation == self._generation and len(self._cache) < _CACHED:
            self._cache[key_id] = stored
        return stored


def _scopes(given: Sequence[str]) -> tuple[str, ...]:
    for scope in given:
        if scope not in SCOPES:
            raise PolicyError("scope_unknown", scope=scope[:40], allowed=", ".join(SCOPES))
    if not given:
        raise PolicyError("scope_unknown", scope="", allowed=", ".join(SCOPES))
    return tuple(sorted(set(given)))
