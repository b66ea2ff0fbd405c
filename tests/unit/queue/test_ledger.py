from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from estate_sms.queue.ledger import DAY, HOUR, MINUTE, MONTH, Ledger, Quota

limits = st.integers(0, 5)
gaps = st.lists(st.integers(0, 40 * 60 * 1_000_000), max_size=60)


@given(limits, limits, limits, gaps)
def test_a_patient_sim_never_exceeds_a_window(m: int, h: int, d: int, waits: list[int]) -> None:
    ledger, now, sent = Ledger(Quota(m, h, d)), 0, list[int]()
    for wait in waits:
        now = max(now + wait, ledger.free_at(now + wait))
        ledger.note(now)
        sent.append(now)
    for limit, length in ((m, MINUTE), (h, HOUR), (d, DAY)):
        for at in sent:
            assert not limit or sum(at - length < s <= at for s in sent) <= limit


@given(limits, limits, limits, gaps, st.integers(0, 2 * DAY))
def test_free_at_is_the_first_free_moment(
    m: int, h: int, d: int, waits: list[int], now: int
) -> None:
    sent, at = list[int](), 0
    for wait in waits:
        at += wait
        sent.append(at)
    ledger = Ledger(Quota(m, h, d), sent)
    now = max(now, at)
    free = ledger.free_at(now)
    assert free >= now
    assert ledger.free_at(free) == free
    if free > now:
        assert ledger.free_at(free - 1) > free - 1


def test_no_limit_never_waits_and_remembers_nothing() -> None:
    ledger = Ledger(Quota())
    for _ in range(1000):
        ledger.note(5)
    assert ledger.free_at(5) == 5
    assert ledger.used(5) == {}


def test_usage_of_the_limited_windows() -> None:
    ledger = Ledger(Quota(per_minute=10, per_day=10), [0, MINUTE, MINUTE + 1])
    assert ledger.used(MINUTE + 2) == {"minute": 2, "day": 3}


def test_parts_count() -> None:
    ledger = Ledger(Quota(per_minute=3))
    ledger.note(0, parts=4)
    assert ledger.free_at(1) == MINUTE


def test_a_month_is_kept_in_any_31_days() -> None:
    ledger = Ledger(Quota(per_month=2), [0, DAY])
    assert ledger.free_at(2 * DAY) == MONTH
    assert ledger.used(MONTH) == {"month": 1}
    assert ledger.headroom(2 * DAY) == 0


contacts = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9 * HOUR)), max_size=40)


@given(st.integers(1, 4), contacts, st.integers(0, 2 * DAY))
def test_recipients_are_counted_once_by_when_they_were_last_sent_to(
    limit: int, waits: list[tuple[int, int]], later: int
) -> None:
    ledger, at, last = Ledger(Quota(distinct_per_day=limit)), 0, dict[int, int]()
    for recipient, wait in waits:
        at += wait
        ledger.note(at, recipient=recipient)
        last[recipient] = at
    now = at + later
    met = sorted(t for t in last.values() if t > now - DAY)
    assert ledger.used(now) == {"recipients_day": len(met)}
    assert ledger.free_at(now) == now
    free = now if len(met) < limit else met[len(met) - limit] + DAY
    assert ledger.strangers_at(now) == free
    again = Ledger(Quota(distinct_per_day=limit), met=last.items())
    assert again.strangers_at(now) == free


def test_emergencies_show_beyond_the_limit() -> None:
    ledger = Ledger(Quota(per_day=1, distinct_per_month=1))
    for recipient in range(3):
        ledger.note(recipient, parts=1, recipient=recipient)
    assert ledger.used(3) == {"day": 3, "recipients_month": 3}
    assert ledger.headroom(3) == 0


@given(st.integers(0, 5 * DAY))
def test_a_moved_clock_changes_no_wait(by: int) -> None:
    ledger = Ledger(Quota(per_day=1, distinct_per_day=1), [5], [(7, 5)])
    ledger.clock_moved(by)
    assert ledger.free_at(6 + by) == ledger.strangers_at(6 + by) == 5 + by + DAY
