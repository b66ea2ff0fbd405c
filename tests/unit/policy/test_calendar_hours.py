"""Sending hours with weekdays, holidays and exam days, wherever the estate is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.policy.hours import QuietHours
from estate_sms.policy.rules import in_force
from estate_sms.policy.rules.builtin import Floor, builtin
from estate_sms.policy.rules.calendar_hours import CalendarHours
from estate_sms.policy.rules.dates import common, days, merged, opened, span
from estate_sms.policy.rules.model import Calendar
from estate_sms.queue.priorities import PURPOSES
from estate_sms.store.clock import SECOND, from_datetime, to_datetime

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]
POLICY = """
version = "1"
[calendar]
holidays = ["2026-10-01/2026-10-07"]
workdays = ["2026-10-10"]
exam_days = ["2026-06-07/2026-06-08"]
[[hours]]
purposes = ["activity"]
days = ["weekday"]
open = ["09:00-12:00", "14:00-19:00"]
[[hours]]
purposes = ["activity"]
days = ["weekend"]
open = ["10:00-11:00"]
[[hours]]
purposes = ["activity"]
days = ["holiday"]
open = []
[[hours]]
purposes = ["activity", "service"]
days = ["exam"]
open = ["18:00-24:00"]
"""


def _at(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))


def _hours(text: str = POLICY, **floor: str) -> CalendarHours:
    return in_force(text, Floor(**floor)).hours  # type: ignore[arg-type]  # strings only


@pytest.mark.parametrize(
    ("at", "opens", "why"),
    [
        ("2026-03-02 08:59", "2026-03-02 09:00", "hours for activity on weekday days"),
        ("2026-03-02 09:00", "2026-03-02 09:00", ""),
        ("2026-03-02 12:00", "2026-03-02 14:00", "hours for activity on weekday days"),
        ("2026-03-06 19:00", "2026-03-07 10:00", "hours for activity on weekday days"),
        ("2026-03-07 11:00", "2026-03-08 10:00", "hours for activity on weekend days"),
        ("2026-09-30 19:30", "2026-10-08 09:00", "hours for activity on weekday days"),
        ("2026-10-03 10:30", "2026-10-08 09:00", "hours for activity on holiday days"),
        ("2026-10-10 09:30", "2026-10-10 09:30", ""),
        ("2026-06-08 10:00", "2026-06-08 18:00", "hours for activity on exam days"),
        ("2026-06-07 10:30", "2026-06-08 18:00", "hours for activity on exam days"),
        ("2026-03-02 22:00", "2026-03-03 09:00", "hours for activity on weekday days, quiet_hours"),
    ],
)
def test_a_calendar(at: str, opens: str, why: str) -> None:
    hours = _hours()
    assert hours.next("activity", _at(at)) == _at(opens)
    assert hours.why("activity", _at(at)) == why


def test_a_purpose_without_a_row_keeps_the_quiet_hours() -> None:
    hours = _hours()
    assert hours.next("statutory", _at("2026-10-03 10:00")) == _at("2026-10-03 10:00")
    assert hours.next("statutory", _at("2026-10-03 22:00")) == _at("2026-10-04 08:00")
    assert hours.next("emergency", _at("2026-10-03 03:00")) == _at("2026-10-03 03:00")


@settings(max_examples=200)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(["21:00-08:00", "01:30-02:30", "12:00-14:00", "00:00-03:00", ""]),
    st.sampled_from(PURPOSES),
    st.integers(0, 366 * 24 * 60),
)
def test_the_built_in_policy_is_the_quiet_hours(
    zone: str, quiet: str, purpose: str, minutes: int
) -> None:
    at = from_datetime(datetime(2026, 1, 1, tzinfo=UTC)) + minutes * 60 * SECOND
    mine = builtin(Floor(quiet_hours=quiet, timezone=zone)).hours
    theirs = QuietHours(quiet, zone)
    opens = mine.next(purpose, at)  # type: ignore[arg-type]  # one of PURPOSES
    other = theirs.next(purpose, at)  # type: ignore[arg-type]  # one of PURPOSES
    assert (opens == at) == (other == at)
    # Around a change of clocks the earlier reading of an opening counts when it is open.
    assert opens == other or abs(opens - other) <= 3_600 * SECOND


@settings(max_examples=200)
@given(
    st.sampled_from(ZONES),
    st.lists(st.sampled_from(["00:30-01:30", "02:00-03:00", "02:15-02:45", "08:00-24:00", "03:00-04:00"]),
             min_size=1, max_size=3),
    st.integers(0, 366 * 24 * 60),
)  # fmt: skip
def test_never_closed_never_early_also_when_clocks_change(
    zone: str, spans: list[str], minutes: int
) -> None:
    row = f"open = {spans}".replace("'", '"')
    text = f'version = "1"\n[[hours]]\npurposes = ["service"]\n{row}'
    hours = _hours(text, quiet_hours="", timezone=zone)
    at = from_datetime(datetime(2026, 1, 1, tzinfo=UTC)) + minutes * 60 * SECOND

    def is_open(moment: int) -> bool:
        local = to_datetime(moment).astimezone(ZoneInfo(zone))
        minute = local.hour * 60 + local.minute
        return any(begin <= minute < end for begin, end in map(span, spans))

    opens = hours.next("service", at)
    assert is_open(opens)
    assert (opens == at) == is_open(at)
    assert at <= opens <= at + 49 * 3_600 * SECOND
    assert hours.next("service", at) == opens, "remembered"
    for later in range(0, int((opens - at) / SECOND), 1800):
        assert hours.next("service", at + later * SECOND) >= opens


@settings(max_examples=100)
@given(
    st.sets(st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda t: (min(t), max(t) + 1))),
    st.sets(st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda t: (min(t), max(t) + 1))),
)
def test_what_is_common(first: set[tuple[int, int]], second: set[tuple[int, int]]) -> None:
    def inside(spans: set[tuple[int, int]] | tuple[tuple[int, int], ...], minute: int) -> bool:
        return any(a <= minute < b for a, b in spans)

    both = common(tuple(first), tuple(second))
    assert both == merged(set(both)), "in order, without seams"
    for minute in range(25):
        assert inside(both, minute) == (inside(first, minute) and inside(second, minute))


def test_what_quiet_hours_leave_open() -> None:
    assert opened(None) == ((0, 1440),)
    assert opened((21 * 60, 8 * 60)) == ((480, 1260),)
    assert opened((720, 840)) == ((0, 720), (840, 1440))
    assert opened((0, 480)) == ((480, 1440),)


def test_kinds_of_days() -> None:
    found = days(Calendar(holidays=(date(2026, 6, 8),), exam_days=("2026-06-07/2026-06-08",)))
    assert found.kinds(date(2026, 6, 6)) == ("weekend",)
    assert found.kinds(date(2026, 6, 7)) == ("weekend", "exam")
    assert found.kinds(date(2026, 6, 8)) == ("holiday", "exam")
    assert found.kinds(date(2026, 6, 9)) == ("weekday",)


def test_a_long_closure_is_found_once() -> None:
    """Four thousand closed days, asked ten thousand times: the answer is remembered."""
    spans = ", ".join(f'"{y}-01-01/{y}-12-31"' for y in range(2026, 2036))
    text = (
        f'version = "1"\n[calendar]\nholidays = [{spans}]\n'
        '[[hours]]\npurposes = ["service"]\ndays = ["holiday"]\nopen = []'
    )
    hours = _hours(text)
    at = _at("2026-05-01 10:00")
    opens = _at("2036-01-01 08:00")
    for i in range(10_000):
        assert hours.next("service", at + i * 60 * SECOND) == opens


def test_the_end_of_time() -> None:
    hours = _hours()
    last = from_datetime(datetime(9999, 12, 31, 12, tzinfo=UTC) - timedelta(days=1))
    assert hours.next("activity", last) >= last
