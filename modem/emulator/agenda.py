"""What is due when: the timers of every modem and of the network, in one heap."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds that only go forward."""


class Agenda:
    """Actions in the order of their time. Nothing is ever cancelled: an action that no longer
    applies finds out by itself.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self.clock = clock
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Have ``action`` run ``seconds`` from now; at once (within this call) for 0."""
        if seconds <= 0:
            action()
        else:
            self.at(self.clock() + seconds, action)

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Have ``action`` run at ``when`` on the clock; never within this call."""
        self._count += 1
        heapq.heappush(self._heap, (when, self._count, action))

    def wait(self) -> float | None:
        """Seconds until something is due; None: nothing ever."""
        if not self._heap:
            return None
        return max(0.0, self._heap[0][0] - self.clock())

    def run_due(self) -> None:
        """Run everything that is due."""
        while self._heap and self._heap[0][0] <= self.clock():
            heapq.heappop(self._heap)[2]()
