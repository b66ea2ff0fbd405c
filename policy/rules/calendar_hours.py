"""Sending hours with a calendar, in the estate's time zone. Pure, and quick: asked inside units."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from ...queue.priorities import PURPOSES, Purpose
from ...store.clock import SECOND, from_datetime, to_datetime
from .dates import DAY, Days, Span, common, merged, opened, span
from .model import DAY_KINDS, DayKind, Hours

_EXEMPT: frozenset[Purpose] = frozenset({"emergency"})
_HORIZON = 4_500
"""Days looked ahead: more than a calendar can close."""
_Table = dict[DayKind, tuple[Span, ...]]


class CalendarHours:
    """Implements :class:`~..queue.hours.SendingHours`: open where every row that speaks of the
    purpose and the day is open, and the configuration's quiet hours are not.

    By the clock on the wall: where clocks change, an hour that shows twice is open twice, and one
    that is skipped opens with its next span.
    """

    def __init__(
        self, rows: Sequence[Hours], days: Days, quiet: Span | None, zone: datetime.tzinfo
    ) -> None:
        """``quiet``: minutes of the day, which may cross midnight; ``None``: none."""
        self._days = days
        self._zone = zone
        self._rows = tuple(rows)
        self._always = not rows and quiet is None
        self._quiet = quiet
        self._tables: dict[Purpose, _Table] = {
            purpose: {kind: self._open(purpose, kind) for kind in DAY_KINDS} for purpose in PURPOSES
        }
        # Ten thousand messages ask the same question: the last closed stretch of each purpose.
        self._closed: dict[Purpose, tuple[int, int]] = {}

    def next(self, purpose: Purpose, at: int) -> int:
        """The first moment from ``at`` on when ``purpose`` may be sent (µs since 1970 UTC)."""
        if self._always or purpose in _EXEMPT:
            return at
        since, until = self._closed.get(purpose, (0, 0))
        if since <= at < until:
            return until
        table = self._tables[purpose]
        if self._is_open(table, at):
            return at
        opens = self._search(table, at)
        self._closed[purpose] = (at, opens)
        return opens

    def why(self, purpose: Purpose, at: int) -> str:
        """Which rule keeps ``purpose`` closed at ``at``; empty when none does."""
        if self._always or purpose in _EXEMPT or self._is_open(self._tables[purpose], at):
            return ""
        local = to_datetime(at).astimezone(self._zone)
        minute, kinds = local.hour * 60 + local.minute, self._days.kinds(local.date())
        names = [
            f"hours for {purpose} on {kind} days"
            for kind in kinds
            for row in self._rows
            if purpose in row.purposes and kind in row.days
            if not any(a <= minute < b for a, b in map(span, row.open))
        ]
        if not any(a <= minute < b for a, b in opened(self._quiet)):
            names.append("quiet_hours")
        return ", ".join(dict.fromkeys(names))

    def never_open(self) -> list[str]:
        """Purposes that are closed on ordinary weekdays and weekends alike, in words."""
        return [
            f"{purpose} could never be sent: its hours leave nothing open"
            for purpose, table in self._tables.items()
            if purpose not in _EXEMPT and not table["weekday"] and not table["weekend"]
        ]

    def _open(self, purpose: Purpose, kind: DayKind) -> tuple[Span, ...]:
        # An exam day comes on top of a weekday, which has the quiet hours already.
        found: tuple[Span, ...] = ((0, DAY),) if kind == "exam" else opened(self._quiet)
        for row in self._rows:
            if purpose in row.purposes and kind in row.days:
                found = common(found, merged({span(text) for text in row.open}))
        return found

    def _spans(self, table: _Table, day: datetime.date) -> tuple[Span, ...]:
        first, *more = self._days.kinds(day)
        found = table[first]
        for kind in more:
            found = common(found, table[kind])
        return found

    def _is_open(self, table: _Table, at: int) -> bool:
        local = to_datetime(at).astimezone(self._zone)
        minute = local.hour * 60 + local.minute
        return any(begin <= minute < end for begin, end in self._spans(table, local.date()))

    def _search(self, table: _Table, at: int) -> int:
        day = to_datetime(at).astimezone(self._zone).date()
        for _ in range(_HORIZON):
            candidates = sorted(
                moment
                for begin, _ in self._spans(table, day)
                for moment in self._moments(day, begin)
                if moment > at
            )
            for moment in candidates:
                if self._is_open(table, moment):
                    return moment
            try:
                day += datetime.timedelta(days=1)
            except OverflowError:
                break
        return at + _HORIZON * 86_400 * SECOND

    def _moments(self, day: datetime.date, minute: int) -> set[int]:
        """Both readings of a local time: clocks may show it twice, or skip it."""
        naive = datetime.datetime.combine(day, datetime.time(minute // 60, minute % 60))
        return {
            from_datetime(naive.replace(tzinfo=self._zone, fold=fold).astimezone(datetime.UTC))
            for fold in (0, 1)
        }


def zone_of(timezone: str) -> datetime.tzinfo:
    """The IANA zone; ``KeyError``, ``ValueError`` or ``OSError`` for what is none."""
    return ZoneInfo(timezone)
