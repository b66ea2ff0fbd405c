"""Sending hours of the estate: when ordinary messages may ring a telephone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..queue.priorities import Purpose
from ..store.clock import from_datetime, to_datetime
from .errors import PolicyError

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_EXEMPT: frozenset[Purpose] = frozenset({"emergency"})


class QuietHours:
    """Implements :class:`~..queue.hours.SendingHours` for a quiet span such as ``21:00-08:00``.

    The span is local time and includes its beginning, not its end. Urgent and emergency
    priorities never get here: the queue does not ask for them.
    """

    def __init__(self, quiet: str, timezone: str) -> None:
        """``quiet`` in local time, empty for none; ``timezone`` an IANA name.

        Raises ``setting_invalid``, which says which and how to write it.
        """
        try:
            self._zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            what = "unknown; write an IANA name such as Asia/Shanghai"
            raise PolicyError("setting_invalid", setting="timezone", what=what) from None
        self._span = _parse(quiet) if quiet.strip() else None

    def next(self, purpose: Purpose, at: int) -> int:
        """The first moment from ``at`` on when ``purpose`` may be sent (µs since 1970 UTC)."""
        if self._span is None or purpose in _EXEMPT:
            return at
        begin, end = self._span
        local = to_datetime(at).astimezone(self._zone)
        now = local.time()
        quiet = begin <= now < end if begin < end else now >= begin or now < end
        if not quiet:
            return at
        day = local.date() if now < end else local.date() + timedelta(days=1)
        # Clocks may skip this local time, or show it twice: the later reading is never quiet.
        opens = from_datetime(_latest(datetime.combine(day, end), self._zone))
        return max(at, opens)


def quiet_span(quiet: str) -> tuple[int, int] | None:
    """Minutes of the day of a quiet span such as ``21:00-08:00``; ``None`` when it is empty.

    Raises ``setting_invalid``.
    """
    if not quiet.strip():
        return None
    begin, end = _parse(quiet)
    return begin.hour * 60 + begin.minute, end.hour * 60 + end.minute


def _parse(quiet: str) -> tuple[time, time]:
    match = _SPAN.fullmatch(quiet.strip())
    if match is None:
        raise _invalid("write them like 21:00-08:00, or leave them empty for none")
    begin, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    if begin == end:
        raise _invalid("they would last all day or not at all; leave them empty for none")
    return begin, end


def _invalid(what: str) -> PolicyError:
    return PolicyError("setting_invalid", setting="policy.quiet_hours", what=what)


def _latest(naive: datetime, zone: ZoneInfo) -> datetime:
    """The UTC moment of a local time: the later of the two readings around a change of clocks."""
    return max(naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
