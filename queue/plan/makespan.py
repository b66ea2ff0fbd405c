"""When work will be done by a bank of SIMs: a run-through of the quotas and paces ahead. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ...store.clock import SECOND

Hours = Callable[[int], int]
"""The first moment from a given one on at which it may be sent."""

_STEPS = 2_000
"""Above so many messages several are counted as one: an estimate must cost little."""
_EXACT = 20_000
"""The same where a quota of a few a minute would not bear it earlier."""
_CELL = 300 * SECOND
"""Sending hours are asked once for so long."""


@dataclass(frozen=True, slots=True)
class Line:
    """One SIM that can send. Times in microseconds since 1970 UTC."""

    free_at: int
    part: int
    """Microseconds that a part takes."""
    gap: int = 0
    """Microseconds it keeps between two messages because its operator refused some."""
    windows: Sequence[tuple[int, int]] = ()
    """Its soft quotas: parts in so many microseconds."""
    sent: Sequence[int] = field(default=(), repr=False)
    """When it sent parts lately, ascending."""


@dataclass(frozen=True, slots=True)
class Work:
    """Messages of ``parts`` segments each."""

    messages: int
    parts: int = 1


def done_at(
    lines: Sequence[Line], ahead: Sequence[Work], mine: Work, starts_at: int, hours: Hours
) -> int | None:
    """When the last of ``mine`` is handed over, or ``None`` without a line.

    ``ahead`` goes first, at any hour; ``mine`` from ``starts_at`` on, when ``hours`` let it.
    A message is begun when one part of it is free within the quotas, as in :mod:`..ledger`.
    """
    if not lines:
        return None
    bank = _Bank(lines)
    for work in ahead:
        bank.run(work, 0, lambda at: at)
    return bank.run(mine, starts_at, _asked_seldom(hours))


class _Bank:
    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._steps = _EXACT if any(line.windows for line in lines) else _STEPS
        self._sent = [list(line.sent) for line in lines]
        self._free = [(self._within(n, line.free_at), n) for n, line in enumerate(lines)]
        heapq.heapify(self._free)

    def run(self, work: Work, starts_at: int, hours: Hours) -> int:
        """Hand ``work`` over; when the last of it is through."""
        left, last = work.messages, starts_at
        step = -(-left // self._steps) or 1
        while left > 0:
            count = min(step, left)
            left -= count
            last = max(last, self._hand_over(count * work.parts, count, starts_at, hours))
        return last

    def _hand_over(self, parts: int, messages: int, starts_at: int, hours: Hours) -> int:
        free, n = heapq.heappop(self._free)
        line = self._lines[n]
        begun = hours(max(free, starts_at))
        through = begun + parts * line.part
        self._sent[n] += [begun] * parts
        heapq.heappush(self._free, (self._within(n, through + messages * line.gap), n))
        return through

    def _within(self, n: int, at: int) -> int:
        sent = self._sent[n]
        for limit, length in self._lines[n].windows:
            if len(sent) >= limit:
                at = max(at, sent[-limit] + length)
        return at


def _asked_seldom(hours: Hours) -> Hours:
    opened: set[int] = set()

    def ask(at: int) -> int:
        if at // _CELL in opened:
            return at
        begin = hours(at)
        if begin == at:
            opened.add(at // _CELL)
        return begin

    return ask
