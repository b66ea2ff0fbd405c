"""The calendar of a policy: what kind of day a date is, and spans of hours. Pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .model import Calendar, DayKind

MAX_DATES = 4_000
MAX_SPAN = 366
"""Days of one span."""
DAY = 1_440
"""Minutes."""
Span = tuple[int, int]
"""Minutes of a day: begins with the first, ends before the second."""

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")
_DATES = re.compile(r"(\d{4}-\d\d-\d\d)(?:/(\d{4}-\d\d-\d\d))?")


@dataclass(frozen=True, slots=True)
class Days:
    """The dates that are not what the week says."""

    holidays: frozenset[datetime.date]
    workdays: frozenset[datetime.date]
    exam_days: frozenset[datetime.date]
    problems: tuple[str, ...] = ()

    def kinds(self, day: datetime.date) -> tuple[DayKind, ...]:
        """What ``day`` is: one of weekday, weekend and holiday, and ``exam`` where it is one."""
        if day in self.holidays:
            kind: DayKind = "holiday"
        elif day.weekday() >= 5 and day not in self.workdays:
            kind = "weekend"
        else:
            kind = "weekday"
        return (kind, "exam") if day in self.exam_days else (kind,)


def days(calendar: Calendar) -> Days:
    """The dates of ``calendar``; what is wrong with them stands in ``problems``."""
    problems: list[str] = []
    found = {
        name: _dates(name, getattr(calendar, name), problems)
        for name in ("holidays", "workdays", "exam_days")
    }
    both = found["holidays"] & found["workdays"]
    if both:
        problems.append(f"{min(both)} is both a holiday and a workday")
    return Days(found["holidays"], found["workdays"], found["exam_days"], tuple(problems))


def _dates(name: str, given: tuple[object, ...], problems: list[str]) -> frozenset[datetime.date]:
    found: set[datetime.date] = set()
    for one in given:
        try:
            found.update(_each(one))
        except ValueError as error:
            problems.append(f"{name}: {error}")
        if len(found) > MAX_DATES:
            problems.append(f"{name}: more than {MAX_DATES} days")
            break
    return frozenset(found)


def _each(one: object) -> Iterator[datetime.date]:
    """The days of one entry; ``ValueError`` says in words what is wrong."""
    if type(one) is datetime.date:  # a datetime is one too, but no day
        yield one
        return
    match = _DATES.fullmatch(one) if isinstance(one, str) else None
    if match is None:
        msg = f"{str(one)[:40]!r} is no date; write 2026-10-01 or 2026-10-01/2026-10-07"
        raise ValueError(msg)
    first = datetime.date.fromisoformat(match[1])
    last = datetime.date.fromisoformat(match[2] or match[1])
    length = (last - first).days + 1
    if not 1 <= length <= MAX_SPAN:
        msg = f"{one!r} runs backwards" if length < 1 else f"{one!r} is longer than a year"
        raise ValueError(msg)
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield datetime.date.fromordinal(ordinal)


def span_problem(text: str) -> str:
    """What is wrong with ``09:00-12:00``, in words; empty when nothing is."""
    match = _SPAN.fullmatch(text)
    if match is None:
        return f"{text[:40]!r} is no span of hours; write 09:00-12:00"
    begin, end = span(text)
    return "" if begin < end else f"{text!r} ends before it begins; write the two days apart"


def span(text: str) -> Span:
    """The minutes of a checked span."""
    begin, end = text.split("-")
    return _minutes(begin), _minutes(end)


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def opened(quiet: tuple[int, int] | None) -> tuple[Span, ...]:
    """What a quiet span, which may cross midnight, leaves open."""
    if quiet is None:
        return ((0, DAY),)
    begin, end = quiet
    if begin > end:
        return ((end, begin),)
    return tuple(s for s in ((0, begin), (end, DAY)) if s[0] < s[1])


def common(first: tuple[Span, ...], second: tuple[Span, ...]) -> tuple[Span, ...]:
    """What is open in both."""
    found = {(max(a, c), min(b, d)) for a, b in first for c, d in second if max(a, c) < min(b, d)}
    return merged(found)


def merged(spans: set[Span]) -> tuple[Span, ...]:
    """The union, in order, without seams."""
    whole: list[Span] = []
    for begin, end in sorted(spans):
        if whole and begin <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((begin, end))
    return tuple(whole)
