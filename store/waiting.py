"""Units that wait for their commit: who goes now, and who waits for more company.

A commit writes each page it touched once, however many units touched it, and few pages are touched
by one unit alone: the fewer the groups, the less is written. So a unit that is due takes along those
that will be within as long as it waited itself, and leaves the rest to a larger group.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

from .unit import UnitOfWork

Unit = Callable[[UnitOfWork], Any]

MAX_GROUP = 256
"""Units in one transaction: enough to amortise an fsync, few enough to bound its length."""
PATIENT = 0.03
"""Seconds of linger from which a unit counts as patient."""
ENOUGH = 64
"""Patient units that are company enough: they go with the next group that waited at all. More would
only make others wait for a long commit."""


@dataclass(slots=True)
class Pending:
    """A unit, who waits for it, and for how long it may stay (``due``: event loop time)."""

    unit: Unit
    future: asyncio.Future[Any]
    linger: float
    due: float


class Waiting:
    """What was given and not yet taken, in order."""

    def __init__(self) -> None:
        self._pending: list[Pending] = []
        self._patient = 0
        self._next = inf

    @property
    def due(self) -> float:
        """When the next group is to go: event loop time; infinity when nothing waits."""
        return -inf if len(self._pending) >= MAX_GROUP else self._next

    def add(self, pending: Pending) -> None:
        """One more."""
        self._pending.append(pending)
        self._patient += pending.linger >= PATIENT
        self._next = min(self._next, pending.due)

    def hurry(self) -> None:
        """Someone can wait no longer for one of them: all go now."""
        if self._pending:
            self._next = -inf

    def take(self, now: float, *, everything: bool = False) -> list[Pending]:
        """The group that goes at ``now``, in the order they came; empty when none is due.

        ``everything``: leave none behind but what is beyond :data:`MAX_GROUP`.
        """
        if not everything and now < self.due:
            return []
        until = inf
        if not everything and self._next > -inf:
            waited = max((p.linger for p in self._pending if p.due <= now), default=inf)
            # What cannot wait at all goes alone: it is short then.
            until = inf if waited and self._patient >= ENOUGH else now + waited
        group = [p for p in self._pending if p.due <= until][:MAX_GROUP]
        chosen = set(map(id, group))
        self._pending = [p for p in self._pending if id(p) not in chosen]
        self._patient = sum(p.linger >= PATIENT for p in self._pending)
        self._next = min((p.due for p in self._pending), default=inf)
        return group
