"""Erasure of a person: active → restricted → shredded (PIPL art. 47).

While the law wants the ledger of what was sent to be kept, a request restricts: the data stays, for
storage and protection alone, nothing more is sent, and the day on which the key goes is fixed. When
nothing holds it, or once that day has come, the key is destroyed and with it everything sealed under
it, wherever it lies. Each step is one unit; :meth:`Erasures.sweep` takes up what a crash left.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from ..policy.callers import Caller
from ..policy.errors import PolicyError
from ..policy.idempotency import mask_number
from ..policy.names import reason as plain_reason
from ..policy.numbers import NoNumber, parse
from ..queue import subjects
from ..queue.actor import By
from ..store.clock import SECOND
from ..store.events import Event, Personal
from ..store.ids import new_id
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import SubjectShreddedError, Vault
from .certificate import Proof, certificate

_SQL = load(__name__, "erasure.sql")
DAY = 86_400 * SECOND
RESTRICTED = "restricted"
"""Cause of what was cancelled because its recipient asked to be forgotten."""
_TRIES = 50

Prove = Callable[[str], Awaitable[Proof | None]]
"""Finds the log's record of a shredding by the subject's name there (hex), under a checkpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A request and what became of it. Times in microseconds since 1970 UTC; no number."""

    key: int
    id: str
    subject: int = field(repr=False)
    ref: str
    """The subject's name in the sealed log, hexadecimal."""
    state: str
    """``restricted`` or ``shredded``."""
    actor: str
    reason: str
    requested_at: int
    due_at: int
    shredded_at: int | None
    certificate: str | None
    """JSON, once the destruction is in the log under a signed checkpoint."""


class Erasures:
    """Verbs over ``erasure``; scope ``admin``. ``hold_days``: how long the ledger must be kept."""

    def __init__(
        self, store: Store, vault: Vault, region: str, prove: Prove, hold_days: int
    ) -> None:
        self._store = store
        self._vault = vault
        self._region = region
        self._prove = prove
        self._hold = hold_days * DAY

    async def erase(self, caller: Caller, number: str, reason: str = "") -> Erasure:
        """Ask for ``number`` to be forgotten: restricted until the ledger's time is over, or
        shredded at once when nothing holds it. Asking twice changes nothing.

        Raises ``not_found`` when nothing is known of the number, ``invalid_number``.
        """
        caller.require("admin")
        reason = plain_reason(reason, needed=False)
        e164 = self._number(number)
        key = await self._store.write(lambda uow: self._request(uow, caller, e164, reason))
        await self._certify()
        return await self._store.read(partial(_get, key=key))

    async def list(self, caller: Caller, limit: int = 500) -> list[Erasure]:
        """The newest requests, newest first."""
        caller.require("admin")

        def query(connection: sqlite3.Connection) -> list[Erasure]:
            keys = [row[0] for row in connection.execute(_SQL["all"], (limit,)).fetchall()]
            return [_get(connection, key) for key in keys]

        return await self._store.read(query)

    async def get(self, caller: Caller, erasure: str) -> Erasure:
        """One request by its public id. Raises ``not_found``."""
        caller.require("admin")

        def query(connection: sqlite3.Connection) -> Erasure:
            row = connection.execute(_SQL["by_public_id"], (erasure,)).fetchone()
            if row is None:
                raise PolicyError("not_found", what="erasure")
            return _get(connection, row[0])

        return await self._store.read(query)

    async def sweep(self, limit: int = 20) -> int:
        """Shred what is due, and certify what is not yet; how many were shredded."""
        done = 0
        while found := await self._store.write(lambda uow: self._due(uow, limit), linger=0.25):
            done += found
        await self._certify()
        return done

    def _number(self, written: str) -> str:
        number = parse(written, self._region)
        if isinstance(number, NoNumber):
            raise PolicyError(number.code)
        return number.e164

    def _request(self, uow: UnitOfWork, caller: Caller, number: str, reason: str) -> int:
        subject = self._vault.find(uow.connection, number)
        if subject is None:
            raise PolicyError("not_found", what="number")
        row = uow.execute(_SQL["open"], (subject,)).fetchone()
        if row is not None:
            return int(row[0])
        by = By(caller.actor, reason, "rights")
        self._vault.restrict(uow, subject)
        stopped = subjects.stop_waiting(uow, subject, RESTRICTED, by)
        uow.execute(_SQL["forget_resident"], (subject,))
        public_id, due = new_id("e"), self._due_at(uow, subject)
        asked = (public_id, subject, caller.actor, reason, uow.now, due)
        key = uow.insert(_SQL["insert"], asked)
        uow.record(
            Event(
                kind="rights",
                action="erasure.requested",
                actor=caller.actor,
                object=public_id,
                reason=reason,
                details={"due_at": due, "stopped": stopped},
                personal={"number": Personal(subject, number)},
            )
        )
        if due <= uow.now:
            self._shred(uow, key, subject, caller.actor)
        return key

    def _due_at(self, uow: UnitOfWork, subject: int) -> int:
        """When the ledger's time is over; a message on its way may still turn out to be sent."""
        last = subjects.last_contact(uow.connection, subject)
        if subjects.unfinished(uow.connection, subject):
            last = uow.now
        return uow.now if last is None else max(uow.now, last + self._hold)

    def _due(self, uow: UnitOfWork, limit: int) -> int:
        found = uow.execute(_SQL["due"], (uow.now, limit)).fetchall()
        for key, subject in found:
            # An emergency may have reached the person since; its record has to be kept too.
            due = self._due_at(uow, subject)
            if due > uow.now:
                uow.execute(_SQL["postpone"], (due, key))
            else:
                self._shred(uow, key, subject, "system")
        return len(found)

    def _shred(self, uow: UnitOfWork, key: int, subject: int, actor: str) -> None:
        with contextlib.suppress(SubjectShreddedError):
            mask_number(uow, self._vault, self._vault.number(uow.connection, subject))
        subjects.forget(uow, subject)
        uow.execute(_SQL["forget_resident"], (subject,))
        uow.execute(_SQL["forget_opt_outs"], (subject,))
        self._vault.shred(uow, subject)
        uow.execute(_SQL["shredded"], (uow.now, key))
        ref = _get(uow.connection, key).id
        uow.record(Event(kind="rights", action="erasure.done", actor=actor, object=ref))

    async def _certify(self) -> None:
        """Empty the write-ahead log, and write down what the log's record proves."""
        keys = await self._store.read(
            lambda c: [row[0] for row in c.execute(_SQL["uncertified"], (100,))]
        )
        if not keys:
            return
        for _ in range(_TRIES):
            if await self._store.empty_wal():
                break
            await asyncio.sleep(0.1)
        for key in keys:
            erasure = await self._store.read(partial(_get, key=key))
            proof = await self._prove(erasure.ref)
            text = certificate(erasure, proof)
            await self._store.write(partial(_keep, key=key, text=text))


def _keep(uow: UnitOfWork, *, key: int, text: str) -> None:
    uow.execute(_SQL["certify"], (text, key))


def _get(connection: sqlite3.Connection, key: int) -> Erasure:
    row = connection.execute(_SQL["get"], (key,)).fetchone()
    _, public_id, subject, ref, state, actor, reason, requested, due, shredded, text = row
    return Erasure(
        key=key,
        id=public_id,
        subject=subject,
        ref=bytes(ref).hex(),
        state=state,
        actor=actor,
        reason=reason,
        requested_at=requested,
        due_at=due,
        shredded_at=shredded,
        certificate=text,
    )
