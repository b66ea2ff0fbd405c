"""Soft quotas of one SIM: parts and distinct recipients in sliding windows. Pure.

Every window slides, a month being 31 days: a SIM that keeps to its quota in any 31 days keeps to it in
every calendar month, whatever the operator's time zone and the day on which its bill begins.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right, insort
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from ..store.clock import SECOND

MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
MONTH = 31 * DAY

Window = Literal["minute", "hour", "day", "month", "recipients_day", "recipients_month"]

_PARTS: dict[Window, int] = {"minute": MINUTE, "hour": HOUR, "day": DAY, "month": MONTH}
_RECIPIENTS: dict[Window, int] = {"recipients_day": DAY, "recipients_month": MONTH}
_LONG: frozenset[Window] = frozenset({"day", "month", "recipients_day", "recipients_month"})


@dataclass(frozen=True, slots=True)
class Quota:
    """What a SIM should send at most: parts, and to how many different recipients; 0 = no limit."""

    per_minute: int = 0
    per_hour: int = 0
    per_day: int = 0
    per_month: int = 0
    distinct_per_day: int = 0
    distinct_per_month: int = 0

    @property
    def parts_since(self) -> int:
        """How far back it matters what was sent, in microseconds."""
        return max((_PARTS[w] for w in self.limits if w in _PARTS), default=0)

    @property
    def recipients_since(self) -> int:
        """How far back it matters to whom."""
        return max((_RECIPIENTS[w] for w in self.limits if w in _RECIPIENTS), default=0)

    @property
    def limits(self) -> dict[Window, int]:
        """The limits that are set."""
        every: dict[Window, int] = {
            "minute": self.per_minute,
            "hour": self.per_hour,
            "day": self.per_day,
            "month": self.per_month,
            "recipients_day": self.distinct_per_day,
            "recipients_month": self.distinct_per_month,
        }
        return {name: limit for name, limit in every.items() if limit > 0}


class Ledger:
    """What one SIM sent lately. Emergencies are noted, too, but never asked about: what is used
    beyond a limit says that they were sent.

    Times in microseconds since 1970 UTC; a clock that was set back only makes it wait longer,
    at most one window. ``sent``: a time for each part; ``met``: recipients and when last.
    """

    def __init__(
        self, quota: Quota, sent: Iterable[int] = (), met: Iterable[tuple[int, int]] = ()
    ) -> None:
        self._limits = quota.limits
        self._parts: list[tuple[int, Window, int]] = [
            (self._limits[w], w, n) for w, n in _PARTS.items() if w in self._limits
        ]
        self._longest = quota.parts_since
        self._sent = array("q", sorted(sent) if self._parts else ())
        self._met: dict[Window, _Met] = {
            w: _Met(n) for w, n in _RECIPIENTS.items() if w in self._limits
        }
        for recipient, at in sorted(met, key=lambda one: one[1]):
            self._meet(recipient, at)

    @property
    def limited(self) -> bool:
        """Whether any limit is set."""
        return bool(self._limits)

    def note(self, at: int, parts: int = 1, recipient: int | None = None) -> None:
        """``parts`` parts for ``recipient`` were handed over at ``at``."""
        if recipient is not None:
            self._meet(recipient, at)
        if not self._parts:
            return
        del self._sent[: bisect_right(self._sent, at - self._longest)]
        for _ in range(parts):
            insort(self._sent, at)

    def clock_moved(self, by: int) -> None:
        """Our time went on by ``by`` microseconds at once: what was sent is as long ago as before."""
        self._sent = array("q", (at + by for at in self._sent))
        for met in self._met.values():
            met.clock_moved(by)

    @property
    def windows(self) -> list[tuple[int, int]]:
        """The limits of parts that are set, as (parts, microseconds)."""
        return [(limit, length) for limit, _, length in self._parts]

    @property
    def sent(self) -> list[int]:
        """When parts were handed over lately, ascending."""
        return self._sent.tolist()

    def free_at(self, now: int) -> int:
        """When the SIM may send again within its quotas of parts; ``now`` when it may already.

        A message is begun when one part is free: its parts stay together, and may exceed.
        """
        free = now
        for limit, _, length in self._parts:
            if len(self._sent) >= limit:
                free = max(free, self._sent[-limit] + length)
        return free

    def strangers_at(self, now: int) -> int:
        """When it may send to somebody it has not sent to lately; ``now`` when it may already."""
        return max((met.free_at(self._limits[w], now) for w, met in self._met.items()), default=now)

    def used(self, now: int) -> dict[Window, int]:
        """What is used of each limit that is set."""
        used: dict[Window, int] = {w: met.count(now) for w, met in self._met.items()}
        for _, window, length in self._parts:
            used[window] = len(self._sent) - bisect_right(self._sent, now - length)
        return used

    def headroom(self, now: int) -> float:
        """The share that is left of the tightest limit of a day or a month; 1 without any."""
        left = (1 - used / self._limits[w] for w, used in self.used(now).items() if w in _LONG)
        return max(min(left, default=1.0), 0.0)

    def _meet(self, recipient: int, at: int) -> None:
        for met in self._met.values():
            met.note(recipient, at)


class _Met:
    """Recipients by when they were last sent to, the longest ago first."""

    def __init__(self, length: int) -> None:
        self.length = length
        self._last: OrderedDict[int, int] = OrderedDict()

    def note(self, recipient: int, at: int) -> None:
        self._forget(at)
        self._last[recipient] = at
        self._last.move_to_end(recipient)

    def clock_moved(self, by: int) -> None:
        self._last = OrderedDict((recipient, at + by) for recipient, at in self._last.items())

    def count(self, now: int) -> int:
        self._forget(now)
        return len(self._last)

    def free_at(self, limit: int, now: int) -> int:
        over = self.count(now) - limit
        if over < 0:
            return now
        return next(islice(self._last.values(), over, None)) + self.length

    def _forget(self, now: int) -> None:
        while self._last and next(iter(self._last.values())) <= now - self.length:
            self._last.popitem(last=False)
