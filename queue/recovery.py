"""What a start does about parts that were on their way when the gateway ended. Runs once, first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from ..store.events import Event
from ..store.sql import load
from ..store.unit import UnitOfWork
from .batch_state import settle_batch
from .outcomes import record
from .recall import Ladder
from .ring_format import Remains
from .states import PartState
from .transitions import move_part
from .transmitter import PartResult

_SQL = load(__name__, "recovery.sql")


@dataclass(frozen=True, slots=True)
class Recovered:
    """How many parts were found on their way, and what is known of them."""

    submitted: int = 0
    unsent: int = 0
    in_doubt: int = 0


def database_id(uow: UnitOfWork) -> str:
    """The id of this database, as the hand-over file carries it."""
    return str(uow.execute(_SQL["database_id"]).fetchone()[0])


def recover(uow: UnitOfWork, remains: Remains, ladder: Ladder | None = None) -> Recovered:
    """Move every part in ``submitting`` to where the hand-over file says that it is.

    A TP-MR there: submitted. Not there, in a file that can be trusted: never sent, queued again.
    Anything else: in doubt. Doing it twice does nothing more.
    """
    rows: list[tuple[int, int]] = uow.execute(_SQL["open_attempts"]).fetchall()
    known: list[PartResult] = []
    for _, group in groupby(rows, key=itemgetter(0)):
        results = list(_results((attempt for _, attempt in group), remains, uow.now))
        record(uow, results, ladder)
        known += results
    orphans = [row[0] for row in uow.execute(_SQL["orphans"])]
    for part_id in orphans:
        move_part(uow, part_id, PartState.IN_DOUBT, "crash")
    uow.execute(_SQL["stale_attempts"])
    for batch_id, ref in uow.execute(_SQL["open_batches"]).fetchall():
        settle_batch(uow, batch_id, ref)
    recovered = Recovered(
        submitted=sum(r.outcome == "accepted" for r in known),
        unsent=sum(r.outcome == "unsent" for r in known),
        in_doubt=sum(r.outcome == "unknown" for r in known) + len(orphans),
    )
    if rows or orphans:
        _tell(uow, remains, recovered)
    return recovered


def _results(attempts: Iterable[int], remains: Remains, now: int) -> Iterable[PartResult]:
    for attempt in attempts:
        tp_mr = remains.entries.get(attempt)
        if tp_mr is not None:
            yield PartResult(attempt=attempt, outcome="accepted", tp_mr=tp_mr, answered_at=now)
        elif remains.trustworthy and attempt not in remains.entries:
            yield PartResult(attempt=attempt, outcome="unsent", cause="crash", answered_at=now)
        else:
            yield PartResult(attempt=attempt, outcome="unknown", cause="crash", answered_at=now)


def _tell(uow: UnitOfWork, remains: Remains, recovered: Recovered) -> None:
    uow.record(
        Event(
            kind="sys",
            action="queue.recovered",
            details={
                "trustworthy": remains.trustworthy,
                "submitted": recovered.submitted,
                "unsent": recovered.unsent,
                "in_doubt": recovered.in_doubt,
            },
        )
    )
