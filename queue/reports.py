"""Status reports and late references: what they change, in one unit each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Protocol

import structlog

from ..store.errors import StoreError
from ..store.joint import Joint
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from .arrivals import Arrivals
from .matching import DAY, Report, match, subject_of
from .recall import Ladder
from .report_effects import NETWORK, accept_late, load_attempt, match_and_apply
from .states import PartState
from .transitions import move_part

_SQL = load(__name__, "reports.sql")

LINGER = 0.04
"""Seconds a report may wait for company in one commit. A modem may hold the next one back until this
one is acknowledged."""
WAITING = 7 * DAY
"""How long a report that matched nothing is tried again."""
_RETRY = (0.0, 0.2, 1.0, 5.0)
"""Seconds before each try to apply a late reference: its attempt's outcome may not be written yet."""


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

    def status_report(self, seen: SeenReport) -> asyncio.Future[bool]:
        """Store and apply a report; done once that is durable: whether it was new. A duplicate is
        dropped."""
        return self._store.submit(Joint(seen, self._take), linger=LINGER)

    def _take(self, uow: UnitOfWork, seen: Sequence[SeenReport]) -> list[bool]:
        return take_reports(uow, self._vault, self._ladder, seen)

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


def take_reports(
    uow: UnitOfWork, vault: Vault, ladder: Ladder, seen: Sequence[SeenReport]
) -> list[bool]:
    """Store reports, and apply those whose attempts are known; of each whether it was new."""
    arrivals = Arrivals(uow, ladder)
    taken = [_take(uow, vault, arrivals, one) for one in seen]
    arrivals.write()
    return taken


def _take(uow: UnitOfWork, vault: Vault, arrivals: Arrivals, seen: SeenReport) -> bool:
    subject = subject_of(uow, vault, seen.imsi, seen.tp_mr, seen.recipient)
    key = (seen.imsi, seen.tp_mr, seen.tp_st, subject, seen.smsc_at)
    report = Report(0, *key, uow.now)
    # Matched first, so that the row is written once; a duplicate's match is thrown away.
    found = match(uow, report)
    if not uow.execute(_SQL["insert"], (*key, seen.done_at, uow.now, found)).rowcount:
        return False
    if found is not None:
        arrivals.apply(report, found)
    return True


def match_waiting(uow: UnitOfWork, attempt_id: int, ladder: Ladder) -> bool:
    """Apply the reports that came before the outcome of ``attempt_id`` was written; whether any did.

    Call it in the unit that writes the outcome, after the part moved to ``submitted`` or
    ``in_doubt``.
    """
    attempt = load_attempt(uow, attempt_id)
    if attempt is None:
        return False
    rows = uow.execute(
        _SQL["waiting"], (attempt.imsi, attempt.subject, uow.now - WAITING)
    ).fetchall()
    applied = [match_and_apply(uow, ladder, Report(*row)) for row in rows]
    if uow.execute(_SQL["delivered_otherwise"], (attempt.part, attempt_id)).fetchone()[0]:
        # An attempt before this one arrived: the part was sent again for nothing, but it is there.
        attempt = load_attempt(uow, attempt_id)
        if attempt is not None and attempt.part_state is PartState.SUBMITTED:
            move_part(uow, attempt.part, PartState.DELIVERED, "earlier_attempt", by=NETWORK)
            ladder.settled(uow, attempt.message)
    return any(applied)


def take_reference(uow: UnitOfWork, ladder: Ladder, attempt_id: int, tp_mr: int) -> bool:
    """Apply a late ``+CMGS``; ``False`` while the attempt's outcome is not written yet."""
    attempt = load_attempt(uow, attempt_id)
    if attempt is None:
        return True
    if attempt.outcome == "open":
        return False
    if attempt.outcome == "unknown":
        accept_late(uow, attempt, tp_mr, "late_reference")
        match_waiting(uow, attempt_id, ladder)
        ladder.settled(uow, attempt.message)
    return True
