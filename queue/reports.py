"""Status reports and late references: what they change, in one unit each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import structlog

from ..store.errors import StoreError
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from .matching import DAY, Report, match, subject_of
from .recall import Ladder
from .states import PartState, allowed
from .tp_status import DELETED, TpKind, ends_in, tp_cause, tp_kind
from .transitions import By, move_part

_SQL = load(__name__, "reports.sql")

LINGER = 0.25
"""Seconds a report may wait for company in one commit."""
WAITING = 7 * DAY
"""How long a report that matched nothing is tried again."""
_RETRY = (0.0, 0.2, 1.0, 5.0)
"""Seconds before each try to apply a late reference: its attempt's outcome may not be written yet."""
_NETWORK = By()
_RECALL = By(kind="recall")

_OUTCOMES = {TpKind.SUCCESS: "delivered", TpKind.SUPERSEDED: "superseded"}


class SeenReport(Protocol):
    """A status report as the bank saw it (3GPP TS 23.040 §9.2.2.3)."""

    @property
    def imsi(self) -> str:
        """The SIM that got it."""
        ...

    @property
    def tp_mr(self) -> int:
        """TP-MR of the message it reports on."""
        ...

    @property
    def recipient(self) -> str:
        """TP-RA, with a plus sign when it is international."""
        ...

    @property
    def tp_st(self) -> int:
        """TP-ST."""
        ...

    @property
    def smsc_at(self) -> int | None:
        """TP-SCTS: when the SMSC took the message, microseconds since 1970 UTC."""
        ...

    @property
    def done_at(self) -> int | None:
        """TP-DT, microseconds since 1970 UTC."""
        ...


class ReportSink:
    """Takes what the bank reports of parts that are on their way."""

    def __init__(self, store: Store, vault: Vault, ladder: Ladder) -> None:
        self._store = store
        self._vault = vault
        self._ladder = ladder
        self._late: set[asyncio.Task[None]] = set()

    async def status_report(self, seen: SeenReport) -> None:
        """Store and apply a report; returns once that is durable. A duplicate is dropped."""
        await self._store.write(
            lambda uow: take_report(uow, self._vault, self._ladder, seen), linger=LINGER
        )

    def late_reference(self, attempt: int, tp_mr: int) -> None:
        """A ``+CMGS`` came after its time-out: the SMSC did take the part of ``attempt``.

        Should power go before it is durable, the part stays in doubt.
        """
        task = asyncio.create_task(self._take_late(attempt, tp_mr), name="queue.late_reference")
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def _take_late(self, attempt: int, tp_mr: int) -> None:
        unit = partial(take_reference, ladder=self._ladder, attempt_id=attempt, tp_mr=tp_mr)
        try:
            for delay in _RETRY:
                await asyncio.sleep(delay)
                if await self._store.write(unit):
                    return
        except StoreError as error:
            log = structlog.get_logger()
            log.error("late_reference_lost", attempt=attempt, error=type(error).__name__)

    async def close(self) -> None:
        """Wait until what :meth:`late_reference` began is durable."""
        await asyncio.gather(*self._late, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """An attempt with its part and its message."""

    part_state: PartState
    id: int
    outcome: str
    imsi: str
    tp_mr: int | None
    intent_at: int
    part: int
    message: int
    kind: str
    segments: int
    subject: int
    target: int | None


def take_report(uow: UnitOfWork, vault: Vault, ladder: Ladder, seen: SeenReport) -> bool:
    """Store ``seen``, and apply it when its attempt is known; whether it was new."""
    subject = subject_of(uow, vault, seen.imsi, seen.tp_mr, seen.recipient)
    key = (seen.imsi, seen.tp_mr, seen.tp_st, subject, seen.smsc_at)
    cursor = uow.execute(_SQL["insert"], (*key, seen.done_at, uow.now))
    if not cursor.rowcount or cursor.lastrowid is None:
        return False
    report = Report(cursor.lastrowid, *key, uow.now)
    _match_and_apply(uow, ladder, report)
    return True


def match_waiting(uow: UnitOfWork, attempt_id: int, ladder: Ladder) -> bool:
    """Apply the reports that came before ``attempt_id`` was known to be accepted; whether any did.

    Call it in the unit that writes an acceptance, after the part moved to ``submitted``.
    """
    attempt = _attempt(uow, attempt_id)
    if attempt is None:
        return False
    rows = uow.execute(
        _SQL["waiting"], (attempt.imsi, attempt.subject, uow.now - WAITING)
    ).fetchall()
    applied = [_match_and_apply(uow, ladder, Report(*row)) for row in rows]
    if uow.execute(_SQL["delivered_otherwise"], (attempt.part, attempt_id)).fetchone()[0]:
        # An attempt before this one arrived: the part was sent again for nothing, but it is there.
        attempt = _attempt(uow, attempt_id)
        if attempt is not None and attempt.part_state is PartState.SUBMITTED:
            move_part(uow, attempt.part, PartState.DELIVERED, "earlier_attempt", by=_NETWORK)
            ladder.settled(uow, attempt.message)
    return any(applied)


def take_reference(uow: UnitOfWork, ladder: Ladder, attempt_id: int, tp_mr: int) -> bool:
    """Apply a late ``+CMGS``; ``False`` while the attempt's outcome is not written yet."""
    attempt = _attempt(uow, attempt_id)
    if attempt is None:
        return True
    if attempt.outcome == "open":
        return False
    if attempt.outcome == "unknown":
        _accept(uow, attempt, tp_mr, "late_reference")
        match_waiting(uow, attempt_id, ladder)
        ladder.settled(uow, attempt.message)
    return True


def _attempt(uow: UnitOfWork, attempt_id: int) -> _Attempt | None:
    row = uow.execute(_SQL["attempt"], (attempt_id,)).fetchone()
    return None if row is None else _Attempt(PartState(row[0]), *row[1:])


def _match_and_apply(uow: UnitOfWork, ladder: Ladder, report: Report) -> bool:
    found = match(uow, report)
    attempt = None if found is None else _attempt(uow, found)
    if attempt is None:
        return False
    uow.execute(_SQL["matched"], (attempt.id, report.id))
    if attempt.kind == "command":
        _apply_to_command(uow, attempt, report)
    else:
        _apply(uow, attempt, report)
    ladder.settled(uow, attempt.message)
    return True


def _apply(uow: UnitOfWork, attempt: _Attempt, report: Report) -> None:
    kind, cause = tp_kind(report.tp_st), tp_cause(report.tp_st)
    to = ends_in(kind)
    if to is None:
        # The SMSC still tries, so it has it: enough to end a doubt.
        if attempt.outcome == "unknown":
            _accept(uow, attempt, report.tp_mr, cause)
        return
    if attempt.outcome == "delivered":
        return
    outcome = _OUTCOMES.get(kind, "undeliverable")
    uow.execute(_SQL["set_attempt"], (outcome, cause, report.tp_mr, attempt.id))
    if to is not PartState.DELIVERED and _hangs_on_another(uow, attempt):
        return
    if kind is TpKind.SUPERSEDED and attempt.part_state is PartState.SUBMITTED:
        row = uow.execute(_SQL["replaced_by_recall"], (attempt.message,)).fetchone()
        to = PartState.RECALLED if row[0] else to
    if allowed(attempt.part_state, to):
        shown = "" if report.tp_st == 0 else cause
        by = _RECALL if to is PartState.RECALLED else _NETWORK
        move_part(uow, attempt.part, to, shown, report.tp_mr, by=by)


def _apply_to_command(uow: UnitOfWork, attempt: _Attempt, report: Report) -> None:
    """The answer to an SMS-COMMAND: 0x47 proves the deletion of its target."""
    kind, cause = tp_kind(report.tp_st), tp_cause(report.tp_st)
    done = kind in {TpKind.SUCCESS, TpKind.RECALLED}
    to = PartState.DELIVERED if done else ends_in(kind)
    if to is None:
        if attempt.outcome == "unknown":
            _accept(uow, attempt, report.tp_mr, cause)
        return
    if attempt.outcome == "delivered":
        return
    outcome = "delivered" if done else "undeliverable"
    uow.execute(_SQL["set_attempt"], (outcome, cause, report.tp_mr, attempt.id))
    if report.tp_st == DELETED and attempt.target is not None:
        target = _attempt(uow, attempt.target)
        if target is not None and allowed(target.part_state, PartState.RECALLED):
            uow.execute(_SQL["set_attempt"], ("undeliverable", cause, None, target.id))
            move_part(uow, target.part, PartState.RECALLED, cause, by=_RECALL)
    if allowed(attempt.part_state, to):
        move_part(uow, attempt.part, to, cause, report.tp_mr, by=_RECALL)


def _accept(uow: UnitOfWork, attempt: _Attempt, tp_mr: int, cause: str) -> None:
    """The SMSC has the part after all. One that was queued again meanwhile stays there: a success
    report for any attempt counts."""
    uow.execute(_SQL["set_attempt"], ("accepted", cause, tp_mr, attempt.id))
    if attempt.segments > 1:
        uow.execute(_SQL["pin"], (attempt.imsi, attempt.message))
    if attempt.part_state is PartState.IN_DOUBT:
        move_part(uow, attempt.part, PartState.SUBMITTED, cause, tp_mr, by=_NETWORK)


def _hangs_on_another(uow: UnitOfWork, attempt: _Attempt) -> bool:
    return bool(uow.execute(_SQL["other_attempt"], (attempt.part, attempt.id)).fetchone()[0])
