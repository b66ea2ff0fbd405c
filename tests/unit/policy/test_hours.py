from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.policy.errors import PolicyError
from estate_sms.policy.hours import QuietHours
from estate_sms.queue.priorities import PURPOSES
from estate_sms.store.clock import SECOND, from_datetime, to_datetime

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=zone))


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-03-01 20:59:59", "2026-03-01 20:59:59"),
        ("2026-03-01 21:00", "2026-03-02 08:00"),
        ("2026-03-01 23:59:59", "2026-03-02 08:00"),
        ("2026-03-02 00:00", "2026-03-02 08:00"),
        ("2026-03-02 07:59:59", "2026-03-02 08:00"),
        ("2026-03-02 08:00", "2026-03-02 08:00"),
        ("2026-02-28 22:00", "2026-03-01 08:00"),
    ],
)
def test_the_night(at: str, opens: str) -> None:
    hours = QuietHours("21:00-08:00", "Asia/Shanghai")
    assert hours.next("service", _at(at)) == _at(opens)


def test_a_span_within_a_day() -> None:
    hours = QuietHours("12:00-14:00", "Asia/Shanghai")
    assert hours.next("activity", _at("2026-03-01 12:30")) == _at("2026-03-01 14:00")
    assert hours.next("activity", _at("2026-03-01 11:59")) == _at("2026-03-01 11:59")


def test_emergencies_and_no_quiet_hours_never_wait() -> None:
    night = _at("2026-03-01 23:00")
    assert QuietHours("21:00-08:00", "Asia/Shanghai").next("emergency", night) == night
    assert {QuietHours("", "Asia/Shanghai").next(p, night) for p in PURPOSES} == {night}


@settings(max_examples=150)
@given(
    st.sampled_from(
        ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]
    ),
    st.sampled_from(["21:00-08:00", "01:30-02:30", "02:15-02:45", "00:00-03:00", "23:00-01:15"]),
    st.integers(0, 366 * 24 * 60),
)
def test_never_quiet_never_early_also_when_clocks_change(
    zone: str, quiet: str, minutes: int
) -> None:
    begin, end = (time.fromisoformat(t) for t in quiet.split("-"))

    def is_quiet(at: int) -> bool:
        now = to_datetime(at).astimezone(ZoneInfo(zone)).time()
        return begin <= now < end if begin < end else now >= begin or now < end

    at = from_datetime(datetime(2026, 1, 1, tzinfo=UTC)) + minutes * 60 * SECOND
    opens = QuietHours(quiet, zone).next("service", at)
    assert not is_quiet(opens)
    assert (opens == at) == (not is_quiet(at))
    assert at <= opens <= at + 24 * 3_600 * SECOND


@pytest.mark.parametrize(
    ("quiet", "zone", "setting"),
    [
        ("21-8", "Asia/Shanghai", "policy.quiet_hours"),
        ("25:00-08:00", "Asia/Shanghai", "policy.quiet_hours"),
        ("08:00-08:00", "Asia/Shanghai", "policy.quiet_hours"),
        ("21:00-08:00", "Asia/Shangai", "timezone"),
        ("21:00-08:00", "../etc/passwd", "timezone"),
    ],
)
def test_settings_without_sense(quiet: str, zone: str, setting: str) -> None:
    with pytest.raises(PolicyError, match="setting_invalid") as caught:
        QuietHours(quiet, zone)
    assert caught.value.extra["setting"] == setting
