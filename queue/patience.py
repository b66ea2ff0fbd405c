"""How long one modem may take to answer before what was fetched for it goes to others. Pure.

A modem that hangs cannot be told from a slow network before its time-out of one to three minutes.
But one that takes longer than it lately ever took is reason enough to keep nothing waiting behind it.
"""

from __future__ import annotations

from collections import deque

MARGIN = 1.0
"""Seconds above the longest of the recent answers."""
UNKNOWN = 8.0
"""Seconds for a modem that has not answered yet, and for any modem at most: most answers come within
six (2G)."""
_RECENT = 16


class Patience:
    """One modem's. Times in seconds."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=_RECENT)

    def note(self, seconds: float, parts: int) -> None:
        """A message of so many parts was answered after ``seconds``."""
        self._recent.append(seconds / parts)

    def limit(self, parts: int) -> float:
        """How long to wait for a message of so many parts."""
        if not self._recent:
            return UNKNOWN
        return min(max(self._recent) * parts + MARGIN, UNKNOWN)
