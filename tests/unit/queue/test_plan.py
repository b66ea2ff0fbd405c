from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.queue.plan.choose import HURRY, PATIENCE, SHARE, Head, Turns, choose
from estate_sms.queue.plan.retry import (
    BUDGET,
    Decision,
    after_refusal,
    after_unsent,
    is_unknown,
)

NOW = 10 * PATIENCE
heads = st.lists(
    st.builds(
        Head,
        priority=st.integers(0, 3),
        rank=st.integers(0, 9),
        id=st.integers(0, 99),
        eligible_at=st.integers(0, NOW),
        valid_until=st.none() | st.integers(NOW, 3 * NOW),
    ),
    max_size=8,
    unique_by=lambda h: h.id,
)
turns = st.builds(Turns, passed=st.integers(0, SHARE), hurried=st.integers(0, SHARE))


@given(heads, turns)
def test_it_takes_one_of_them(some: list[Head], before: Turns) -> None:
    head, _ = choose(some, NOW, before)
    assert (head is None) == (not some)
    assert head is None or head in some


@given(heads, turns)
def test_an_emergency_is_always_next(some: list[Head], before: Turns) -> None:
    head, after = choose(some, NOW, before)
    if any(h.priority == 0 for h in some):
        assert head is not None
        assert head.priority == 0
        assert after.passed == before.passed


@given(heads, turns)
def test_never_a_later_one_of_the_same_class(some: list[Head], before: Turns) -> None:
    older = [Head(h.priority, h.rank, h.id, 0) for h in some]
    head, _ = choose(older, NOW, before)
    if head is not None:
        assert head == min((h for h in older if h.priority == head.priority), key=_turn)


def _turn(head: Head) -> tuple[int, int, int]:
    return head.priority, head.rank, head.id


@given(heads, turns)
def test_only_one_whose_time_runs_out_goes_before_its_turn(some: list[Head], before: Turns) -> None:
    head, _ = choose(some, NOW, before)
    if head is not None:
        first = min((h for h in some if h.priority == head.priority), key=_turn)
        if head != first:
            assert head.valid_until is not None
            assert head.valid_until - NOW <= max(HURRY, 2 * (NOW - first.eligible_at))


def test_deadlines_go_first_when_capacity_is_short_and_not_else() -> None:
    soon = Head(2, 9, 9, NOW, valid_until=NOW + 5 * HURRY)
    fresh, stale = Head(2, 1, 1, NOW), Head(2, 1, 1, NOW - 3 * HURRY)
    assert choose([soon, fresh], NOW, Turns())[0] == fresh
    assert choose([soon, stale], NOW, Turns())[0] == soon
    sooner = Head(2, 10, 10, NOW, valid_until=NOW + HURRY)
    assert choose([soon, stale, sooner], NOW, Turns())[0] == sooner
    assert choose([Head(1, 5, 5, NOW), sooner], NOW, Turns())[0] == Head(1, 5, 5, NOW)


def test_those_in_a_hurry_leave_the_first_its_share() -> None:
    state, taken = Turns(), list[int]()
    some = [Head(2, 0, 1, 0), Head(2, 1, 2, NOW, valid_until=NOW + 1)]
    for _ in range(4 * SHARE):
        head, state = choose(some, NOW, state)
        assert head is not None
        taken.append(head.id)
    assert taken.count(1) == 4


@given(heads)
def test_the_order_of_the_question_does_not_matter(some: list[Head]) -> None:
    assert choose(some, NOW, Turns()) == choose(some[::-1], NOW, Turns())


def _endless(classes: dict[int, int], rounds: int) -> list[int]:
    """Which class is taken each turn when every class always has a message, eligible since …"""
    state, taken = Turns(), list[int]()
    for turn in range(rounds):
        some = [Head(p, turn, p, at) for p, at in classes.items()]
        head, state = choose(some, NOW, state)
        assert head is not None
        taken.append(head.priority)
    return taken


def test_bulk_moves_under_endless_normal_load() -> None:
    taken = _endless({2: NOW, 3: 0}, 10 * SHARE)
    assert taken.count(3) == 10
    assert max(b - a for a, b in zip(_at(taken, 3), _at(taken, 3)[1:], strict=False)) == SHARE


def _at(taken: list[int], priority: int) -> list[int]:
    return [i for i, p in enumerate(taken) if p == priority]


def test_a_lower_class_that_did_not_wait_long_waits() -> None:
    assert set(_endless({2: NOW, 3: NOW - PATIENCE + 1}, 5 * SHARE)) == {2}


def test_two_starving_classes_both_move() -> None:
    # The one that has waited longer goes first; once its backlog is younger the other does.
    assert 3 in _endless({1: NOW, 2: 5, 3: 0}, SHARE)
    assert 2 in _endless({1: NOW, 2: 0, 3: 5}, SHARE)


@pytest.mark.parametrize("cause", ["cms:195", "cms:196", "cms:304", "pdu"])
def test_hopeless_causes_fail_at_once(cause: str) -> None:
    assert after_refusal(cause, 1).verdict == "fail"


@pytest.mark.parametrize("cause", ["cms:38", "cms:41", "cms:42", "cms:500", "cme:14", "", "odd"])
def test_others_are_tried_again_later_within_the_budget(cause: str) -> None:
    delays = [after_refusal(cause, tries) for tries in range(1, BUDGET)]
    assert all(d.verdict == "again" and d.delay > 0 for d in delays)
    assert delays == sorted(delays, key=lambda d: d.delay)
    assert after_refusal(cause, BUDGET).verdict == "fail"


def test_a_barred_sim_rests() -> None:
    assert after_refusal("cms:8", 1).park > 0
    assert after_refusal("cms:38", 1).park == 0


def test_an_emergency_does_not_wait_long() -> None:
    assert after_refusal("cms:38", 1, emergency=True).delay < after_refusal("cms:38", 1).delay


def test_unknown_outcomes() -> None:
    assert is_unknown("cms:332")
    assert is_unknown("timeout")
    assert not is_unknown("cms:38")


def test_unsent_goes_back_and_a_modem_that_cannot_begin_pauses() -> None:
    assert after_unsent("displaced") == Decision("again")
    assert after_unsent("no_prompt").park > 0


@given(st.text(max_size=20), st.integers(-1, 9), st.booleans())
def test_any_cause_gets_a_decision(cause: str, tries: int, emergency: bool) -> None:
    decision = after_refusal(cause, tries, emergency=emergency)
    assert (decision.verdict == "fail") <= (decision.delay == 0)
