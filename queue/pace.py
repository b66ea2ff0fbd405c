"""The pace of one SIM, measured: refusals of its operator slow it down, acceptances speed it up. Pure.

Each refusal for congestion doubles the gap between two messages, each acceptance takes a tenth off it:
quickly slow, slowly quick again. Emergencies do not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..store.clock import SECOND
from .transmitter import PartResult

FIRST = 2 * SECOND
LONGEST = 120 * SECOND
_NOTHING = SECOND // 2
"""A gap below this is none."""
_CROWDED = frozenset({"cms:21", "cms:22", "cms:38", "cms:42", "cms:47", "cms:192"})
"""What operators answer to a SIM that sends too fast: congestion, resources, or plain rejection."""


class Pace:
    """The gap that one SIM keeps; times in microseconds since 1970 UTC."""

    def __init__(self) -> None:
        self.gap = 0
        """Microseconds between two messages, 0 when nothing was refused lately."""
        self._last = 0

    def note(self, results: Iterable[PartResult], now: int) -> None:
        """A message was answered at ``now``."""
        self._last = now
        for result in results:
            if result.outcome == "refused" and result.cause in _CROWDED:
                self.gap = min(max(2 * self.gap, FIRST), LONGEST)
            elif result.outcome == "accepted":
                self.gap = self.gap * 9 // 10 if self.gap > _NOTHING else 0

    def clock_moved(self, by: int) -> None:
        """Our time went on by ``by`` microseconds at once."""
        self._last += by

    def free_at(self, now: int) -> int:
        """When the next message may begin. A clock that was set back adds one gap at most."""
        return min(self._last, now) + self.gap if self.gap else now
