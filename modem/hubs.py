"""Modems at one USB hub do what draws current one after another.

A radio that looks for its network draws up to 2 A. A hub that feeds several of them at once drops
them all, and they come back together, and so on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

from .discovery import Places, hub


class Hubs:
    """The hubs of one bank. Thread-safe."""

    def __init__(
        self, places: Places | None, *, apart: float = 0.5, clock: Callable[[], float] = monotonic
    ) -> None:
        """``apart``: seconds between two modems at one hub; ``places`` None: no hub is known."""
        self._places = places
        self._apart = apart
        self._clock = clock
        self._lock = threading.Lock()
        self._free: dict[str, float] = {}

    def turn(self, port: str) -> float:
        """Seconds until it is the turn of the modem at ``port``, which is taken with this."""
        at = None if self._places is None else hub(self._places, port)
        if at is None:
            return 0.0
        with self._lock:
            now = self._clock()
            turn = max(now, self._free.get(at, now))
            self._free[at] = turn + self._apart
            return turn - now
