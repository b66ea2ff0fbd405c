from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from estate_sms.queue.states import (
    ACCEPTED,
    FIRST_MATCH,
    TRANSITIONS,
    PartState,
    is_incomplete,
    message_state,
)

if TYPE_CHECKING:
    from .conftest import Queue


S = PartState
parts = st.lists(st.sampled_from(list(PartState)), min_size=1, max_size=6)


def test_the_schema_holds_the_same_table(queue: Queue) -> None:
    rows = set(queue.rows("SELECT from_state, to_state FROM part_transition"))
    assert rows == {(a.value, b.value) for a, after in TRANSITIONS.items() for b in after}


def test_every_state_has_its_row_and_its_rank() -> None:
    assert set(TRANSITIONS) == set(PartState) == set(FIRST_MATCH)


def test_first_match_is_the_order_of_the_design() -> None:
    words = (
        "recalled in_doubt submitting held scheduled queued cancelled rejected failed "
        "undeliverable expired submitted delivered"
    )
    assert [s.value for s in FIRST_MATCH] == words.split()


@given(parts)
def test_message_state_is_a_parts_state_or_incomplete(states: list[PartState]) -> None:
    state = message_state(states)
    assert state in states or (state is S.UNDELIVERABLE and is_incomplete(states))


@given(parts, st.randoms())
def test_message_state_ignores_order_and_repetition(states: list[PartState], random: Any) -> None:
    shuffled = states * 2
    random.shuffle(shuffled)
    assert message_state(shuffled) is message_state(states)


@given(parts)
def test_failed_after_an_acceptance_is_undeliverable(states: list[PartState]) -> None:
    if is_incomplete(states):
        assert S.FAILED in states
        assert ACCEPTED & set(states)
        assert message_state(states) is S.UNDELIVERABLE


def test_one_part_in_doubt_puts_the_message_in_doubt() -> None:
    assert message_state([S.SUBMITTED, S.IN_DOUBT, S.QUEUED]) is S.IN_DOUBT


def test_all_parts_must_be_delivered() -> None:
    assert message_state([S.DELIVERED, S.SUBMITTED]) is S.SUBMITTED
    assert message_state([S.DELIVERED, S.DELIVERED]) is S.DELIVERED
