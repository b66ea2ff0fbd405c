"""How much a bank of SIMs hands over within a span of time: parts, by its times, pace and quotas. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from ...store.clock import SECOND
from .makespan import Line

HORIZON = 48 * 3_600 * SECOND
"""Microseconds that are looked ahead: what modems do after that nobody knows today."""
_FIRST = SECOND
_RATIO = 1.25
"""Of one span that is worked out to the next; in between it is a straight line."""


class Flow(Protocol):
    """Grows with the span, from nothing."""

    def parts(self, span: float) -> float:
        """At most so many parts are handed over in so many microseconds."""
        ...


class BankFlow:
    """That of ``lines``, which it never falls short of: nothing is refused, nothing is repeated."""

    def __init__(self, lines: Sequence[Line], now: int, parts: float = 1.0) -> None:
        """``parts``: of a message, on the average; a SIM keeps its gap once for each message."""
        self._spans, self._parts = [0.0], [0.0]
        span = float(_FIRST)
        while self._spans[-1] < HORIZON:
            self._spans.append(span)
            self._parts.append(sum(_parts(line, now, span, parts) for line in lines))
            span *= _RATIO

    def parts(self, span: float) -> float:
        """See :class:`Flow`."""
        spans, parts = self._spans, self._parts
        place = min(max(bisect_right(spans, span), 1), len(spans) - 1)
        begin, end = spans[place - 1], spans[place]
        slope = (parts[place] - parts[place - 1]) / (end - begin)
        return parts[place - 1] + (max(span, 0.0) - begin) * slope


def rested(lines: Sequence[Line], now: int) -> list[Line]:
    """The same SIMs after a time without work."""
    return [replace(line, free_at=now, sent=()) for line in lines]


def _parts(line: Line, now: int, span: float, parts: float) -> float:
    free = span - max(line.free_at - now, 0)
    able = max(free, 0.0) / (line.part + line.gap / parts)
    return min([able, *(_allowed(line.sent, now, span, *window) for window in line.windows)])


def _allowed(sent: Sequence[int], now: int, span: float, limit: int, length: int) -> int:
    """Each place in the quota is free again so long after it was used."""
    used = min(len(sent) - bisect_right(sent, now - length), limit)
    rounds, rest = divmod(int(span), length)
    last = len(sent)
    freed = bisect_right(sent, now + rest - length, last - used, last) - (last - used)
    return limit * rounds + limit - used + freed
