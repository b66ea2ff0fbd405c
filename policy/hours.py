"""Sending hours of the estate: when ordinary messages may ring a telephone."""

from __future__ import annotations


class QuietHours:
    """Implements :class:`~..queue.hours.SendingHours` for a quiet span such as ``21:00-08:00``."""

    def __init__(self, quiet: str, timezone: str) -> None:
        """``quiet`` in local time, empty for none. Raises ``ValueError`` naming what is wrong."""

    def next(self, purpose: str, at: int) -> int:
        """The first moment from ``at`` on when ``purpose`` may be sent (µs since 1970 UTC)."""
        raise NotImplementedError
