"""Verdicts on numbers: weighed, confirmed, cleared by a success; a SIM's fault is nobody else's."""

from __future__ import annotations

from itertools import islice, permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.queue.due import promote_due
from estate_sms.queue.evidence.cms import cms
from estate_sms.queue.evidence.rule import DAY, Observation, assess
from estate_sms.queue.evidence.tp_st import tp_st
from estate_sms.queue.number_queries import number
from estate_sms.store.clock import SECOND

if TYPE_CHECKING:
    from .conftest import Air, Queue

NUMBER = "+8613800138000"
OK = 0x00


def seen(day: float, code: int, imsi: str = "1", **more: Any) -> Observation:
    return Observation(int(day * DAY), imsi, tp_st(code), **more)


def refused(day: float, code: int, imsi: str = "1", **more: Any) -> Observation:
    return Observation(int(day * DAY), imsi, cms(code), **more)


@pytest.mark.parametrize(
    ("observations", "state"),
    [
        ([], "unknown"),
        ([seen(0, OK)], "valid"),
        ([seen(0, 0x43)], "suspected"),
        ([seen(0, 0x43), seen(0.1, 0x43)], "suspected"),
        ([seen(0, 0x43), seen(0.1, 0x43, "2")], "invalid"),
        ([seen(0, 0x43), seen(1, 0x43)], "invalid"),
        ([seen(0, 0x43), seen(1, 0x43), seen(2, OK)], "valid"),
        ([seen(0, 0x40), seen(1, 0x40)], "suspected"),
        ([seen(0, 0x40), seen(1, 0x40), seen(2, 0x40)], "invalid"),
        ([refused(0, 195), refused(1, 195)], "invalid"),
        ([refused(d, 1, vouched=True) for d in range(5)], "invalid"),
        ([refused(d, 1) for d in range(9)], "unknown"),
        ([refused(d, 195, discarded=True) for d in range(9)], "unknown"),
        ([seen(d, 0x46) for d in range(30)], "unreachable"),
        ([seen(0, OK), seen(1, 0x46)], "valid"),
        ([seen(0, 0x42)], "barred"),
        ([seen(0, 0x42), seen(1, OK)], "valid"),
        ([seen(0, 0x62)], "unknown"),
    ],
)
def test_verdicts(observations: list[Observation], state: str) -> None:
    for order in islice(permutations(observations), 6):
        assert assess(order).state == state


observed = st.builds(
    Observation,
    at=st.integers(0, 30 * DAY),
    imsi=st.sampled_from(["1", "2"]),
    code=st.integers(0, 255).map(tp_st) | st.integers(0, 600).map(cms),
    vouched=st.booleans(),
    discarded=st.booleans(),
)


@given(st.lists(observed, max_size=8))
def test_a_success_clears_all_before_it(some: list[Observation]) -> None:
    health = assess([*some, seen(31, OK)])
    assert (health.state, health.score) == ("valid", 0)
    assert 0 <= assess(some).confidence <= 1


@given(st.lists(observed, max_size=8))
def test_never_invalid_by_one_observation_or_by_silence(some: list[Observation]) -> None:
    if assess(some).state == "invalid":
        assert len([o for o in some if o.code.weight > 0.5 and not o.discarded]) > 1


def test_what_is_known_of_a_number(queue: Queue, air: Air) -> None:
    for day, tp in enumerate((0x43, 0x43)):
        queue.accept(1)
        air.send(day)
        air.report(day, tp)
        queue.now += DAY
    view = number(queue.connection, queue.vault, NUMBER)
    assert view is not None
    assert (view.health, view.evidence) == ("invalid", {"tp_st:43": 2})
    assert view.confidence > 0.99


def test_a_sim_that_refuses_several_is_parked_and_the_numbers_are_not_blamed(
    queue: Queue, air: Air
) -> None:
    queue.accept(3)
    air.send("cms:28")
    air.send("cms:28")
    tries = queue.rows("SELECT state, tries FROM message ORDER BY id")
    assert tries == [("scheduled", 1), ("scheduled", 0), ("queued", 0)]
    view = number(queue.connection, queue.vault, NUMBER)
    assert view is not None
    assert (view.health, view.score) == ("unknown", 0)
    queue.now += 60 * SECOND
    assert queue.run(promote_due) == 2


def test_one_refusal_between_successes_speaks_of_the_number(queue: Queue, air: Air) -> None:
    queue.accept(3)
    answers: list[int | str] = [1, "cms:1", 2]
    for answer in answers:
        queue.now += SECOND
        air.send(answer)
    view = number(queue.connection, queue.vault, "+8613800138001")
    assert view is not None
    assert (view.evidence, view.score) == ({"cms:1": 1}, 1.0)


def test_faulty_sims_do_not_keep_a_message_going_for_ever(queue: Queue, air: Air) -> None:
    queue.accept(2)
    for _ in range(40):
        while not air.idle():
            air.send("cms:28")
        queue.now += 120 * SECOND
        queue.run(promote_due)
    assert queue.states() == ["failed"] * 2
