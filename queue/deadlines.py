"""What waits, summed up by class and deadline, and how fast the bank hands over: by what lateness is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..store.clock import SECOND
from ..store.sql import load
from .estimate import FEW, Capacity, lines, timings
from .plan.flow import BankFlow, Flow, rested
from .plan.lateness import Job
from .priorities import Priority

_SQL = load(__name__, "deadlines.sql")
_CELL = 10 * SECOND
_CELLS = 16
"""Deadlines count as one that lie within ten seconds, or a sixteenth of the time until then."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a bank hands over."""

    flow: Flow
    """From now on."""
    rested: Flow
    """Once nothing was sent for a while."""


def waiting(connection: sqlite3.Connection, now: int) -> list[Job]:
    """What is queued or scheduled; what a hold or a pause keeps back is not."""
    rows = connection.execute(_SQL["waiting"], {"now": now, "cell": _CELL}).fetchall()
    return summed([Job(Priority(level), *rest) for level, *rest in rows], now)


def summed(jobs: Sequence[Job], now: int) -> list[Job]:
    """Fewer, each of them due a little later. Pure."""
    sums: dict[tuple[object, ...], Job] = {}
    for job in jobs:
        begins = 0 if job.starts_at <= now else _cell(job.starts_at, now)
        until = None if job.valid_until is None else _cell(job.valid_until, now)
        key = (job.priority, job.purpose, begins, until)
        before = sums.get(key)
        sums[key] = (
            replace(job, valid_until=until)
            if before is None
            else replace(
                before,
                messages=before.messages + job.messages,
                parts=before.parts + job.parts,
                starts_at=min(before.starts_at, job.starts_at),
            )
        )
    return list(sums.values())


def _cell(at: int, now: int) -> int:
    width = _CELL
    while 2 * width * _CELLS <= at - now:
        width *= 2
    return -(-at // width) * width


def pace(
    connection: sqlite3.Connection, sims: Sequence[Capacity], now: int, parts: float
) -> Pace | None:
    """How fast ``sims`` hand over; ``None``: nobody knows. ``parts``: of a message, on the average."""
    times = timings(connection, now)
    if not sims or len(times) < FEW:
        return None
    bank = lines(sims, times, now, quotas=True)
    return Pace(BankFlow(bank, now, parts), BankFlow(rested(bank, now), now, parts))
