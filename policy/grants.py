"""Keys that need two persons: what makes an approver or an administrator, and any key made for another
person. While the gateway is being set up, until two persons were approvers, one is enough."""

from __future__ import annotations

import builtins
from dataclasses import dataclass

import msgspec

from ..store.events import Event
from ..store.ids import new_id
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from .callers import Caller
from .errors import PolicyError
from .key_rows import Wanted, insert, require_holder
from .names import reason as plain_reason
from .persons import find_person
from .proposals import Proposal, decide, of_row, require_reader
from .senders import scopes_of

_SQL = load(__name__, "grants.sql")
_LISTED = 50
POWERFUL = frozenset({"approve", "admin"})
"""Scopes that are never given by one person, not even to a system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(Proposal):
    """A key that waits, or waited, for leave: ``proposed``, ``granted``, ``rejected`` or ``alone``."""

    key: str
    """The public id that the key has, or will have."""
    name: str
    person: str | None
    scopes: tuple[str, ...]
    expires_at: int | None


class Grants:
    """Verbs over ``key_grant``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, caller: Caller) -> builtins.list[Grant]:
        """The newest grants, newest first. Scope ``admin``, ``approve`` or ``audit``."""
        require_reader(caller, "approve", "audit")
        rows = await self._store.read(lambda c: c.execute(_SQL["all"], (_LISTED,)).fetchall())
        return [
            of_row(Grant, (*row[:-2], msgspec.json.decode(row[-2], type=tuple[str, ...]), row[-1]))
            for row in rows
        ]

    async def decide(self, caller: Caller, grant: str, *, approve: bool, reason: str = "") -> None:
        """Another person's yes or no; with a yes the token works at once. Scope ``approve``.

        Raises ``not_found``, ``wrong_state``, ``own_proposal``, ``own_key``, ``approver_too_new``,
        ``proposer_gone``, ``person_disabled`` or ``roles_conflict``.
        """
        caller.require("approve")
        reason = plain_reason(reason, needed=not approve)
        await self._store.write(lambda uow: _decide(uow, caller, grant, approve, reason))


def needs_another(uow: UnitOfWork, caller: Caller, wanted: Wanted) -> bool:
    """Whether a second person has to allow ``wanted``."""
    mine = wanted.owner is None or wanted.owner_key == caller.person_id
    if mine and not POWERFUL.intersection(wanted.scopes):
        return False
    return bool(uow.execute(_SQL["set_up"]).fetchone()[0])


def propose(uow: UnitOfWork, caller: Caller, wanted: Wanted, reason: str) -> str:
    """Write ``wanted`` down for another person; the grant's public id. Raises ``nobody_to_ask``."""
    if not _deciders(uow, wanted, caller.person_id):
        raise PolicyError("nobody_to_ask")
    return _insert(uow, "proposed", caller, wanted, reason)


def alone(uow: UnitOfWork, caller: Caller, wanted: Wanted, reason: str) -> str:
    """Leave that nobody could be asked for. Raises ``others_decide`` where somebody could."""
    if _deciders(uow, wanted, None):
        raise PolicyError("others_decide")
    return _insert(uow, "alone", caller, wanted, reason)


def _insert(uow: UnitOfWork, state: str, caller: Caller, wanted: Wanted, reason: str) -> str:
    public_id = new_id("g")
    key = (wanted.id, wanted.name, wanted.owner_key, wanted.scopes_json, wanted.hash)
    by = (caller.actor, caller.person_id, uow.now, reason or None)
    uow.insert(_SQL["insert"], (public_id, *key, wanted.expires_at, state, *by))
    _tell(uow, "alone" if state == "alone" else "propose", caller.actor, public_id, wanted, reason)
    return public_id


def _deciders(uow: UnitOfWork, wanted: Wanted, proposer: int | None) -> int:
    """How many approvers there are beside the proposer and whom the key is for."""
    asked = (uow.now, wanted.owner_key, proposer)
    return int(uow.execute(_SQL["deciders"], asked).fetchone()[0])


def _decide(uow: UnitOfWork, caller: Caller, grant: str, approve: bool, reason: str) -> None:
    row = uow.execute(_SQL["wanted"], (grant,)).fetchone()
    if row is None:
        raise PolicyError("not_found", what="proposal")
    key_id, name, owner_id, scopes, hashed, expires_at, proposer = row
    wanted = Wanted(
        id=key_id,
        name=name,
        owner=find_person(uow.connection, owner_id) if owner_id else None,
        scopes=msgspec.json.decode(scopes, type=tuple[str, ...]),
        hash=bytes(hashed),
        expires_at=expires_at,
    )
    if wanted.owner is not None and wanted.owner_key == caller.person_id:
        raise PolicyError("own_key")
    decide(uow, caller, _SQL, grant, "granted" if approve else "rejected", reason)
    _tell(uow, "approve" if approve else "reject", caller.actor, grant, wanted, reason)
    if not approve:
        return
    if proposer is not None and "admin" not in scopes_of(uow.connection, proposer, uow.now):
        raise PolicyError("proposer_gone")
    if expires_at is not None and expires_at <= uow.now:
        raise PolicyError("expiry_past")
    require_holder(uow, wanted)
    insert(uow, caller.actor, wanted, grant)


def _tell(uow: UnitOfWork, verb: str, actor: str, grant: str, wanted: Wanted, reason: str) -> None:
    uow.feed("alarm", f"key_{verb}", grant, {"key": wanted.id, "scopes": " ".join(wanted.scopes)})
    uow.record(
        Event(
            kind="key",
            action=f"api_key.{verb}",
            actor=actor,
            object=grant,
            reason=reason,
            details={
                "key": wanted.id,
                "scopes": " ".join(wanted.scopes),
                "person": wanted.owner.id if wanted.owner else "",
            },
        )
    )
