"""Deadlines as promises: whether one more send keeps its own, and lets those before it keep theirs."""

from __future__ import annotations

import asyncio
import math
import sqlite3
import time
from collections.abc import Callable, Sequence

from ..queue import deadlines
from ..queue.deadlines import Pace
from ..queue.estimate import Capacity
from ..queue.hours import SendingHours
from ..queue.plan.lateness import Job
from ..queue.priorities import Priority
from ..store.store import Store
from .danger import Danger, danger_of
from .drafts import Draft

FEW = 10
"""Recipients up to which a send is never refused for the sake of others."""
_OFTEN, _SELDOM = 1.0, 5.0
"""Seconds for which a look at what waits is good for a few messages, and one at the bank."""
_SHARE, _QUICK = 20.0, 0.002
"""Looking takes one part in so many of the time, however much waits; but for a quick look."""
_AWAY = 600.0
"""Seconds for which a SIM that is gone is taken to come back."""


class Promises:
    """Knows what waits and how fast the bank is; on the event loop."""

    def __init__(
        self,
        store: Store,
        hours: SendingHours,
        capacity: Callable[[], Sequence[Capacity]],
        warm_up: float = 60.0,
    ) -> None:
        """``capacity``: SIMs that take work now. ``warm_up``: seconds in which not all have come."""
        self._store = store
        self._hours = hours
        self._capacity = capacity
        self._known_from = asyncio.get_running_loop().time() + warm_up
        self._jobs: list[Job] = []
        self._jobs_due = self._jobs_good = self._pace_due = -math.inf
        self._pace: Pace | None = None
        self._seen: dict[str, tuple[float, Capacity]] = {}

    async def danger(self, draft: Draft, recipients: int) -> Danger | None:
        """What ``draft`` would do; ``None``: no harm, or nobody knows. Emergencies are never looked
        at."""
        others = recipients > FEW
        if draft.priority is Priority.EMERGENCY:
            return None
        if draft.valid_until is None and (not others or draft.priority is Priority.BULK):
            return None
        now = self._store.now
        await self._look(now, again=others)
        if self._pace is None:
            return None
        mine = _job(draft, recipients, now)
        return danger_of(self._jobs, mine, now, self._pace, self._hours, others=others)

    async def _look(self, now: int, *, again: bool) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        if began >= (self._jobs_due if again else self._jobs_good):
            self._jobs_due = self._jobs_good = math.inf  # nobody else need look meanwhile
            took = 0.0
            try:
                self._jobs, took = await self._store.read(lambda c: _timed(c, now))
            finally:
                self._jobs_due = clock() + (_SHARE * took if took > _QUICK else 0.0)
                self._jobs_good = max(self._jobs_due, began + _OFTEN)
        if clock() >= self._pace_due:
            self._pace_due = math.inf
            bank, parts = self._bank(clock()), _parts(self._jobs)
            try:
                self._pace = await self._store.read(lambda c: deadlines.pace(c, bank, now, parts))
            finally:
                self._pace_due = clock() + (_SELDOM if self._pace else 0.0)

    def _bank(self, at: float) -> list[Capacity]:
        """The SIMs to count on, those that went away lately too; none while nobody knows."""
        sims = self._capacity()
        if not sims or at < self._known_from:
            return []
        self._seen = {imsi: seen for imsi, seen in self._seen.items() if at - seen[0] < _AWAY}
        self._seen.update({sim.imsi: (at, sim) for sim in sims})
        return [sim for _, sim in self._seen.values()]


def _timed(connection: sqlite3.Connection, now: int) -> tuple[list[Job], float]:
    began = time.thread_time()
    return deadlines.waiting(connection, now), time.thread_time() - began


def _parts(jobs: Sequence[Job]) -> float:
    """Of a message, on the average."""
    messages = sum(job.messages for job in jobs)
    return sum(job.parts for job in jobs) / messages if messages else 1.0


def _job(draft: Draft, messages: int, now: int) -> Job:
    starts_at = max(now, draft.not_before or now)
    parts = messages * draft.segments
    return Job(draft.priority, draft.purpose, messages, parts, starts_at, draft.valid_until)
