from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from estate_sms.queue.ledger import DAY, HOUR, MINUTE, Ledger, Quota

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
