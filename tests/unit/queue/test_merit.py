"""How well a SIM does, and whose turn it is among those that idle."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.queue.evidence.kinds import Kind
from estate_sms.queue.merit import POOR, Merit
from estate_sms.queue.plan.weigh import HALF, Offer, faded, in_order
from estate_sms.queue.transmitter import PartOutcome, PartResult

weights = st.floats(0.05, 1.0)


def answer(outcome: PartOutcome, cause: str = "") -> list[PartResult]:
    return [PartResult(attempt=1, outcome=outcome, cause=cause, answered_at=0)]


def test_failures_of_its_own_make_a_sim_poor_and_successes_mend_it() -> None:
    merit = Merit()
    for _ in range(10):
        merit.note(answer("refused", "cms:38"))
    assert merit.success < POOR
    poor = merit.weight(31)
    for _ in range(20):
        merit.note(answer("accepted"))
    assert merit.success > 0.9
    assert poor < merit.weight(31) / 4


@pytest.mark.parametrize(
    ("outcome", "cause"),
    [("refused", "cms:195"), ("refused", "cms:1"), ("unsent", "displaced"), ("unknown", "crash")],
)
def test_what_is_not_the_sims_own_costs_nothing(outcome: PartOutcome, cause: str) -> None:
    merit = Merit()
    merit.note(answer(outcome, cause))
    assert merit.success == 1.0


def test_the_vendors_word_counts() -> None:
    merit = Merit()
    merit.note(answer("refused", "cms:513"), lambda cause: Kind.MESSAGE)
    assert merit.success == 1.0
    merit.note(answer("refused", "cms:513"))
    assert merit.success < 1.0


@given(st.none() | st.integers(0, 31), st.none() | st.integers(0, 31))
def test_more_signal_never_weighs_less(one: int | None, other: int | None) -> None:
    merit = Merit()
    assert 0 < merit.weight(one) <= 1
    if one is not None and other is not None and one <= other:
        assert merit.weight(one) <= merit.weight(other)


@given(st.dictionaries(st.text(max_size=3), st.tuples(weights, st.floats(0, 999)), max_size=8))
def test_everybody_is_asked_once(given_: dict[str, tuple[float, float]]) -> None:
    offers = [Offer(label, *rest) for label, rest in given_.items()]
    order = in_order(offers)
    assert sorted(order) == sorted(given_)
    assert order == in_order(offers[::-1])


@given(st.lists(weights, min_size=2, max_size=6))
def test_single_messages_are_shared_by_weight(shares: list[float]) -> None:
    carried: Counter[str] = Counter()
    for _ in range(400):
        offers = [Offer(str(n), weight, carried[str(n)]) for n, weight in enumerate(shares)]
        carried[in_order(offers)[0]] += 1
    for n, weight in enumerate(shares):
        assert abs(carried[str(n)] - 400 * weight / sum(shares)) <= len(shares) + 1


@given(st.floats(0, 999), st.integers(-HALF, 10 * HALF), st.integers(0, 10 * HALF))
def test_what_was_carried_fades_and_never_grows(carried: float, one: int, more: int) -> None:
    assert 0 <= faded(carried, one + more) <= faded(carried, one) <= carried
    assert faded(1.0, HALF) == 0.5
