"""The log's view of time: monotonic boot time, the local day, jumps of the wall clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from ..store.clock import SECOND, from_datetime, to_datetime
from .errors import FormatError

BACKWARD = SECOND
"""A wall clock that goes back further than this is recorded."""
FORWARD = 120 * SECOND
"""So is one that runs away from the boot clock by more than this."""

_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")


def boottime() -> int:
    """Microseconds since boot, sleep included. Nanoseconds would pass 2^53 after 104 days."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


def quality() -> str:
    """Where the wall clock comes from, as far as the system says: ``ntp`` or ``none``."""
    return "ntp" if _SYNCHRONISED.exists() else "none"


def local_day(at: int, zone: tzinfo) -> tuple[int, int]:
    """Start and end (microseconds) of the local day that holds ``at``."""
    start = to_datetime(at).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return from_datetime(start), from_datetime(start + timedelta(days=1))


def from_rfc3339(ts: str) -> int:
    """Microseconds since 1970 of a record's ``ts``. Raises :class:`FormatError`."""
    try:
        return from_datetime(datetime.strptime(ts, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC))
    except ValueError as error:
        msg = "a time that does not exist"
        raise FormatError(msg) from error


class JumpDetector:
    """Compares the wall clock with the boot clock from one group of records to the next."""

    __slots__ = ("_mono", "_wall")

    def __init__(self, wall: int | None = None) -> None:
        self._wall = wall
        self._mono: int | None = None

    def seen(self, wall: int, mono: int) -> int | None:
        """Microseconds by which the wall clock jumped since the last call; ``None`` if it kept."""
        before, mono_before = self._wall, self._mono
        self._wall, self._mono = wall, mono
        if before is None:
            return None
        if wall < before - BACKWARD:
            return wall - before - (0 if mono_before is None else mono - mono_before)
        if mono_before is None:
            return None
        drift = (wall - before) - (mono - mono_before)
        return drift if abs(drift) > FORWARD else None
