"""When messages will be handed over: what waits ahead, measured times, quotas, pace and sending hours.

An estimate, no promise: modems may fail, more may be sent by others, retries take their time.
Emergencies that come later go first; quotas of recipients and preferences for a SIM are left out.
"""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from ..store.clock import SECOND
from ..store.sql import load
from .hours import SendingHours
from .plan.makespan import Line, Work, done_at
from .priorities import Priority, Purpose

_SQL = load(__name__, "estimate.sql")

RECENT = 86_400 * SECOND
"""How far back times are measured."""
FEW = 3
"""With fewer parts than this, a SIM's own time is not known: that of all is taken."""
ASSUMED = 5 * SECOND
"""Microseconds a modem takes for one part while nothing was measured."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """A SIM in a modem that takes work. Times in microseconds since 1970 UTC."""

    imsi: str = field(repr=False)
    free_at: int
    gap: int
    windows: Sequence[tuple[int, int]]
    """Its soft quotas: parts in so many microseconds."""
    sent: Sequence[int] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What can be said. Times in microseconds since 1970 UTC."""

    starts_at: int
    done_at: int | None
    """``None``: nobody knows, see :attr:`unknown`."""
    parts: int
    ahead: int
    """Parts that go before."""
    modems: int
    measured: bool
    """Whether times were measured; else :data:`ASSUMED`."""
    unknown: str = ""
    """``no_modem``, ``held`` or ``paused``."""

    def seconds(self, now: int) -> int | None:
        """Until it is done, rounded up."""
        return None if self.done_at is None else max(0, math.ceil((self.done_at - now) / SECOND))


@dataclass(frozen=True, slots=True)
class Planned:
    """A send that was not made yet."""

    messages: int
    segments: int
    purpose: Purpose
    priority: Priority
    starts_at: int


def for_send(
    connection: sqlite3.Connection,
    planned: Planned,
    now: int,
    sims: Sequence[Capacity],
    hours: SendingHours,
) -> Forecast:
    """When ``planned`` would be done if it were accepted now."""
    level = int(planned.priority)
    first = connection.execute(_SQL["next_round"], {"priority": level}).fetchone()[0]
    # Batches take turns: of its class goes before it what has an earlier round than its last.
    asked = {"batch": -1, "priority": level, "rank": first + planned.messages}
    return _forecast(connection, planned, asked, now, sims, hours)


def for_batch(
    connection: sqlite3.Connection,
    batch: str,
    now: int,
    sims: Sequence[Capacity],
    hours: SendingHours,
) -> Forecast | None:
    """When what is left of ``batch`` (public id) will be done; ``None``: no such batch."""
    row = connection.execute(_SQL["remaining"], (batch,)).fetchone()
    if row is None:
        return None
    key, state, level, purpose, total, segments, left, parts, rank, starts_at = row
    if state in {"held", "paused"}:
        return Forecast(now, None, total * segments, 0, len(sims), measured=False, unknown=state)
    if not left:
        return Forecast(now, now, 0, 0, len(sims), measured=True)
    start = max(now, starts_at)
    planned = Planned(left, math.ceil(parts / left), purpose, Priority(level), start)
    asked = {"batch": key, "priority": level, "rank": rank}
    return _forecast(connection, planned, asked, now, sims, hours)


def _forecast(
    connection: sqlite3.Connection,
    planned: Planned,
    asked: Mapping[str, int],
    now: int,
    sims: Sequence[Capacity],
    hours: SendingHours,
) -> Forecast:
    messages, parts = connection.execute(_SQL["ahead"], asked).fetchone()
    times = timings(connection, now)
    level = planned.priority
    ahead = [Work(messages, math.ceil(parts / messages))] if messages else []
    done = done_at(
        lines(sims, times, now, quotas=level is not Priority.EMERGENCY),
        ahead,
        Work(planned.messages, planned.segments),
        planned.starts_at,
        lambda at: at if level.any_hour else hours.next(planned.purpose, at),
    )
    total = planned.messages * planned.segments
    unknown = "" if sims else "no_modem"
    measured = len(times) >= FEW
    return Forecast(planned.starts_at, done, total, parts, len(sims), measured, unknown)


def timings(connection: sqlite3.Connection, now: int) -> list[tuple[str, int]]:
    """How long SIMs (IMSI) took lately for a part, in microseconds."""
    return connection.execute(_SQL["timings"], (now - RECENT,)).fetchall()


def lines(
    sims: Sequence[Capacity], times: Sequence[tuple[str, int]], now: int, *, quotas: bool
) -> list[Line]:
    """What each SIM can do, by its own times, or by those of all. Emergencies know no quotas. Pure."""
    own: defaultdict[str, list[int]] = defaultdict(list)
    for imsi, took in times:
        own[imsi].append(took)
    usual = int(median(took for _, took in times)) if len(times) >= FEW else ASSUMED
    return [
        Line(
            free_at=max(sim.free_at, now) if quotas else now,
            part=int(median(own[sim.imsi])) if len(own[sim.imsi]) >= FEW else usual,
            gap=sim.gap if quotas else 0,
            windows=sim.windows if quotas else (),
            sent=sim.sent if quotas else (),
        )
        for sim in sims
    ]
