"""Wall-clock time as the database keeps it: integer microseconds since 1970, UTC."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

SECOND = 1_000_000
"""Microseconds in a second."""

Clock = Callable[[], int]
"""Returns now, in microseconds since 1970 UTC."""


def system_clock() -> int:
    """Now, by the machine's clock, in microseconds since 1970 UTC."""
    return time.time_ns() // 1000


def to_datetime(at: int) -> datetime:
    """The aware UTC datetime of ``at`` microseconds since 1970."""
    return datetime.fromtimestamp(at // SECOND, UTC).replace(microsecond=at % SECOND)


def from_datetime(moment: datetime) -> int:
    """Microseconds since 1970 UTC of an aware ``moment``; ``ValueError`` for a naive one."""
    if moment.tzinfo is None:
        msg = "a moment needs a time zone"
        raise ValueError(msg)
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds


def rfc3339(at: int) -> str:
    """``at`` as RFC 3339 UTC with microseconds: ``2026-01-31T05:00:00.000000Z``."""
    return to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
