"""Who comes too late when more is accepted: what waits, run through in the order of :mod:`.choose`. Pure.

In favour of all: within a class whose time runs out first goes first, and nothing ever goes wrong. So
what is called late here is late; what is not may be late all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from ...store.clock import SECOND
from ..priorities import Priority, Purpose
from .choose import PATIENCE, SHARE
from .flow import HORIZON, Flow

Opens = Callable[[Purpose, int], int]
"""The first moment from a given one on at which a purpose may be sent."""

_STEPS = 144
_LEAST = 60 * SECOND
"""A step of time; moments at which something begins or ends are steps of their own."""
_NEAR = 3 * 3_600 * SECOND
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class Job:
    """Messages of one class and deadline. Times in microseconds since 1970 UTC."""

    priority: Priority
    purpose: Purpose
    messages: int
    parts: int
    """Of all of them."""
    starts_at: int
    """Or since when they wait."""
    valid_until: int | None = None
    kept: bool = False
    """Goes on after its time, so that it is known when it would be done."""

    @property
    def place(self) -> tuple[int, float]:
        """Lower goes first."""
        return int(self.priority), inf if self.valid_until is None else self.valid_until


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a job."""

    late: float
    """Messages that are not handed over by its time."""
    done_at: int | None
    """``None``: not all of it, as far as one looks ahead."""


def surely_in_time(
    jobs: Sequence[Job], mine: Job, now: int, flow: Flow, opens: Opens, *, others: bool
) -> bool:
    """Whether a plain sum says that all is in time, so that nothing need be run through.

    ``others``: not only ``mine`` but everything that goes behind it.
    """
    before = 0.0
    for job in sorted([*jobs, mine], key=lambda job: job.place):
        before += job.parts * SHARE / (SHARE - 1)
        until = job.valid_until
        if until is None or job.place < mine.place or not (others or job is mine):
            continue
        if job.starts_at > now or not _open(job, now, until, opens):
            return False
        if before > flow.parts(until - now):
            return False
    return True


def _open(job: Job, now: int, until: int, opens: Opens) -> bool:
    """Whether it may be sent from ``now`` on, with hardly a break."""
    if job.priority.any_hour:
        return True
    near = until - now <= _NEAR
    return near and opens(job.purpose, now) == now and opens(job.purpose, until) == until


def run_through(
    jobs: Sequence[Job], now: int, flow: Flow, rested: Flow, opens: Opens
) -> list[Fate]:
    """The fate of each of ``jobs``. ``flow``: from now on; ``rested``: once nothing waited for a while."""
    courses = [_Course(job) for job in jobs]
    live = sorted(courses, key=lambda course: course.job.place)
    begun, used = now, 0.0
    for begin, end in pairwise(_moments(jobs, now)):
        live = [course for course in live if not course.over(begin)]
        if not live:
            break
        free = max(flow.parts(end - begun) - used, 0.0)
        left = _serve(live, begin, end, free, opens)
        used += free - left
        if left > _NOTHING:  # nothing waits, or nothing may be sent: the quotas fill up again
            flow, begun, used = rested, end, 0.0
    return [course.fate for course in courses]


def _moments(jobs: Sequence[Job], now: int) -> list[int]:
    """``now``, the end of what is looked at, and what lies between."""
    last = max((job.valid_until or now for job in jobs), default=now)
    span = min(max(2 * (last - now), _LEAST), HORIZON)
    step = max(span // _STEPS, _LEAST)
    moments = {*range(now, now + span, step), now + HORIZON}
    for job in jobs:
        moments.update(at for at in (job.starts_at, job.valid_until) if at and now < at)
    # Behind the last deadline nobody is late any more, but some are not done yet.
    while span < HORIZON:
        moments.add(now + span)
        span *= 2
    return sorted(at for at in moments if at <= now + HORIZON)


def _serve(live: Sequence[_Course], begin: int, end: int, free: float, opens: Opens) -> float:
    """Hand out ``free`` parts among those that may go; what nobody wants is left."""
    ready = [course for course in live if course.ready(begin, end, opens)]
    if not ready or not free:
        return free
    top = ready[0].job.priority
    lower = [course for course in ready if course.job.priority > top]
    # As a lower class that has waited gets its turn, but never before an emergency.
    share = any(course.waits_long(begin) for course in lower) and top != Priority.EMERGENCY
    kept = free / SHARE if share else 0.0
    left = free - kept
    for course in ready[: len(ready) - len(lower)]:
        left = course.take(left, begin, end, free)
    left += kept
    for course in (*lower, *ready):
        left = course.take(left, begin, end, free)
    return left


class _Course:
    """A job under way."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._left = float(job.parts)
        self._late = 0.0
        self._overdue = False
        self._done_at: int | None = None

    @property
    def fate(self) -> Fate:
        """What became of it."""
        return Fate(self._late * self.job.messages / self.job.parts, self._done_at)

    def over(self, at: int) -> bool:
        """Whether nothing of it is to be sent any more."""
        until = self.job.valid_until
        if until is not None and at >= until and not self._overdue:
            self._overdue, self._late = True, self._left
        return self._left <= _NOTHING or (self._overdue and not self.job.kept)

    def ready(self, begin: int, end: int, opens: Opens) -> bool:
        """Whether it may be sent between ``begin`` and ``end``."""
        job = self.job
        if job.starts_at > begin:
            return False
        return job.priority.any_hour or opens(job.purpose, begin) < end

    def waits_long(self, at: int) -> bool:
        """Whether its class gets its turn in any case."""
        return at - self.job.starts_at > PATIENCE

    def take(self, free: float, begin: int, end: int, whole: float) -> float:
        """Take of ``free``, out of ``whole`` of this step; the rest of it."""
        taken = min(self._left, free)
        self._left -= taken
        if self._left <= _NOTHING and self._done_at is None:
            self._done_at = end - int((end - begin) * (free - taken) / whole)
        return free - taken
