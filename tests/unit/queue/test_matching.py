"""Choosing the attempt that a status report speaks of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from estate_sms.queue.matching import (
    CLOCK_SLACK,
    DAY,
    DEFAULT_VALIDITY,
    REPORT_SLACK,
    Open,
    Report,
    Unanswered,
    newest_open,
    only_in_doubt,
)
from estate_sms.store.clock import SECOND

NOW = 1_800_000_000 * SECOND


def report(smsc_at: int | None = NOW, received_at: int = NOW) -> Report:
    return Report(1, "460001", 7, 0, 1, smsc_at, received_at)


def test_newest_of_two() -> None:
    both = [Open(2, NOW - 60 * SECOND, None), Open(1, NOW - 600 * SECOND, None)]
    assert newest_open(report(), both) == 2


def test_scts_before_the_newest_was_begun_means_the_older_one() -> None:
    """The TP-MR wrapped while the first message waited at the SMSC for its handset."""
    both = [Open(2, NOW, None), Open(1, NOW - 2 * 3600 * SECOND, None)]
    assert newest_open(report(smsc_at=NOW - 2 * 3600 * SECOND + SECOND), both) == 1


def test_an_smsc_with_a_wrong_clock_still_matches_the_newest() -> None:
    assert newest_open(report(smsc_at=NOW - 8 * 3600 * SECOND), [Open(1, NOW, None)]) == 1
    assert newest_open(report(smsc_at=None), [Open(1, NOW, None)]) == 1


def test_what_ended_long_ago_matches_nothing() -> None:
    begun = NOW - DEFAULT_VALIDITY - REPORT_SLACK - SECOND
    assert newest_open(report(), [Open(1, begun, None)]) is None
    assert newest_open(report(), [Open(1, begun, NOW)]) == 1
    assert newest_open(report(), [Open(1, NOW - 2 * DAY, NOW - REPORT_SLACK - 1)]) is None


@given(
    st.lists(st.integers(0, 4 * 3600), min_size=1, max_size=5, unique=True), st.integers(0, 3600)
)
def test_never_one_begun_after_the_smsc_had_it(ages: list[int], scts_age: int) -> None:
    """Unless the clock rules out all of them."""
    opens = [Open(i, NOW - age * SECOND, None) for i, age in enumerate(sorted(ages))]
    seen = report(smsc_at=NOW - scts_age * SECOND)
    found = newest_open(seen, opens)
    assert seen.smsc_at is not None
    possible = [o for o in opens if o.intent_at <= seen.smsc_at + CLOCK_SLACK]
    assert found == (possible or opens)[0].attempt


def doubt(attempt: int, part: int, age: int = 60, outcome: str = "unknown") -> Unanswered:
    return Unanswered(attempt, part, outcome, NOW - age * SECOND)


def test_one_part_in_doubt_is_resolved_two_are_not() -> None:
    assert only_in_doubt(report(), [doubt(1, 10)]) == 1
    assert only_in_doubt(report(), [doubt(2, 11), doubt(1, 10)]) is None
    assert only_in_doubt(report(), []) is None


def test_several_attempts_at_one_part_are_one_candidate() -> None:
    assert only_in_doubt(report(), [doubt(3, 10, age=30), doubt(1, 10)]) == 3


def test_scts_before_the_intent_or_absent_proves_nothing() -> None:
    assert only_in_doubt(report(smsc_at=NOW - 62 * SECOND), [doubt(1, 10)]) is None
    assert only_in_doubt(report(smsc_at=NOW - 61 * SECOND), [doubt(1, 10)]) == 1
    assert only_in_doubt(report(smsc_at=None), [doubt(1, 10)]) is None


def test_what_is_on_the_air_may_be_meant_too() -> None:
    on_air = doubt(2, 11, age=1, outcome="open")
    assert only_in_doubt(report(), [on_air, doubt(1, 10)]) is None
    assert only_in_doubt(report(), [on_air]) is None
