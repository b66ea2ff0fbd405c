"""Soft quotas of one SIM: parts in a sliding minute, hour and day. Pure."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass

from ..store.clock import SECOND

MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND


@dataclass(frozen=True, slots=True)
class Quota:
    """How many parts a SIM should send at most; 0 = no limit."""

    per_minute: int = 0
    per_hour: int = 0
    per_day: int = 0

    @property
    def windows(self) -> tuple[tuple[int, int], ...]:
        """The limits that are set, as (parts, microseconds)."""
        every = ((self.per_minute, MINUTE), (self.per_hour, HOUR), (self.per_day, DAY))
        return tuple((limit, length) for limit, length in every if limit > 0)


class Ledger:
    """What one SIM sent lately. Emergencies are noted, too, but never asked about.

    Times in microseconds since 1970 UTC; a clock that was set back only makes it wait longer,
    at most one window.
    """

    def __init__(self, quota: Quota, sent: Iterable[int] = ()) -> None:
        self._windows = quota.windows
        self._longest = max((length for _, length in self._windows), default=0)
        self._sent = sorted(sent) if self._windows else []

    @property
    def limited(self) -> bool:
        """Whether any limit is set."""
        return bool(self._windows)

    def note(self, at: int, parts: int = 1) -> None:
        """``parts`` parts were handed over at ``at``."""
        if not self._windows:
            return
        del self._sent[: bisect_right(self._sent, at - self._longest)]
        for _ in range(parts):
            insort(self._sent, at)

    def clock_moved(self, by: int) -> None:
        """Our time went on by ``by`` microseconds at once: what was sent is as long ago as before."""
        self._sent = [at + by for at in self._sent]

    def free_at(self, now: int) -> int:
        """When the SIM may send again within its quotas; ``now`` when it may already.

        A message is begun when one part is free: its parts stay together, and may exceed.
        """
        free = now
        for limit, length in self._windows:
            if len(self._sent) >= limit:
                free = max(free, self._sent[-limit] + length)
        return free

    def used(self, now: int) -> dict[str, int]:
        """Parts of the last minute, hour and day, of those windows that are limited."""
        names = {MINUTE: "minute", HOUR: "hour", DAY: "day"}
        return {
            names[length]: len(self._sent) - bisect_right(self._sent, now - length)
            for _, length in self._windows
        }
