"""Opt-outs: (number, purpose). 退订 covers activity and commercial messages; emergency and statutory
ones cannot be opted out of."""

from __future__ import annotations

import builtins
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..queue.actor import By
from ..queue.priorities import Purpose
from ..queue.subjects import stop_waiting
from ..store.events import Event, Personal
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import SubjectShreddedError, Vault
from .callers import Caller
from .drafts import purpose_of
from .errors import PolicyError
from .recipients import one_of

_SQL = load(__name__, "optouts.sql")

BY_REPLY: tuple[Purpose, ...] = ("activity", "commercial")
"""What a reply of 退订 covers."""
_POSSIBLE: frozenset[Purpose] = frozenset({"service", "activity", "commercial"})

OPTED_OUT = "opted_out"
"""Cause of what was cancelled because its recipient opted out meanwhile."""

Source = Literal["reply", "desk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """One entry; ``at`` in microseconds since 1970 UTC."""

    number: str = field(repr=False)
    purpose: str
    source: str
    at: int
    ref: str = ""
    """The received message that asked for it."""


class OptOuts:
    """Verbs over ``opt_out``; scope ``admin``."""

    def __init__(self, store: Store, vault: Vault, region: str) -> None:
        self._store = store
        self._vault = vault
        self._region = region

    async def list(self, caller: Caller) -> builtins.list[OptOut]:
        """Every entry, oldest first; holders that were erased are left out."""
        caller.require("admin")
        return await self._store.read(self._read)

    async def add(self, caller: Caller, number: str, purpose: str) -> None:
        """Opt ``number`` out of ``purpose``; twice is no error. Raises ``opt_out_impossible``."""
        caller.require("admin")
        known, e164 = _possible(purpose), self._number(number)

        def unit(uow: UnitOfWork) -> None:
            subject = self._vault.subject(uow, e164)
            add(uow, subject, (known,), "desk", caller.actor, number=e164)

        await self._store.write(unit)

    async def remove(self, caller: Caller, number: str, purpose: str) -> None:
        """Take an opt-out back, at the holder's wish. Raises ``not_found``."""
        caller.require("admin")
        known, e164 = _possible(purpose), self._number(number)

        def unit(uow: UnitOfWork) -> None:
            subject = self._vault.find(uow.connection, e164)
            if subject is None or not uow.execute(_SQL["remove"], (subject, known)).rowcount:
                raise PolicyError("not_found", what="opt-out")
            _record(uow, "opt_out.remove", subject, e164, known, caller.actor)

        await self._store.write(unit)

    def _number(self, written: str) -> str:
        return one_of(written, self._region)

    def _read(self, connection: sqlite3.Connection) -> builtins.list[OptOut]:
        entries: list[OptOut] = []
        for subject, purpose, source, at, ref in connection.execute(_SQL["all"]).fetchall():
            try:
                number = self._vault.number(connection, subject)
            except SubjectShreddedError:
                continue
            entries.append(OptOut(number=number, purpose=purpose, source=source, at=at, ref=ref))
        return entries


def add(
    uow: UnitOfWork,
    subject: int,
    purposes: Sequence[Purpose],
    source: Source,
    actor: str,
    ref: str = "",
    number: str | None = None,
) -> bool:
    """Opt a subject out; whether anything was new. ``ref``: the received message that asked."""
    new = False
    for purpose in purposes:
        if uow.execute(_SQL["add"], (subject, purpose, source, uow.now, ref)).rowcount:
            new = True
            _record(uow, "opt_out.add", subject, number, purpose, actor, source, ref)
    # Also what was accepted before and waits: whoever withdraws gets nothing more of it.
    stop_waiting(uow, subject, OPTED_OUT, By(actor, "", "rights"), purposes)
    return new


def opted_out(uow: UnitOfWork, purpose: Purpose) -> frozenset[int]:
    """Subjects that opted out of ``purpose``."""
    if purpose not in _POSSIBLE:
        return frozenset()
    return frozenset(row[0] for row in uow.execute(_SQL["subjects"], (purpose,)))


def restricted(uow: UnitOfWork) -> frozenset[int]:
    """Subjects whose data is kept for storage alone: they asked to be forgotten."""
    return frozenset(row[0] for row in uow.execute(_SQL["restricted"]))


def _possible(purpose: str) -> Purpose:
    known = purpose_of(purpose)
    if known not in _POSSIBLE:
        raise PolicyError("opt_out_impossible", purpose=known)
    return known


def _record(
    uow: UnitOfWork,
    action: str,
    subject: int,
    number: str | None,
    purpose: Purpose,
    actor: str,
    source: Source = "desk",
    ref: str = "",
) -> None:
    personal = {"number": Personal(subject, number)} if number else {}
    uow.record(
        Event(
            kind="rights",
            action=action,
            actor=actor,
            object=ref,
            details={"purpose": purpose, "source": source},
            personal=personal,
        )
    )
