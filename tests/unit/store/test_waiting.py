"""Which units share a commit."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.store.waiting import ENOUGH, MAX_GROUP, Pending, Waiting


class _Line:
    """Units named by a number; times in seconds."""

    def __init__(self) -> None:
        self.waiting = Waiting()

    def add(self, name: int, at: float, linger: float) -> None:
        pending = Pending(cast("Any", name), cast("Any", None), linger, at + linger)
        self.waiting.add(pending)

    def take(self, now: float, *, everything: bool = False) -> list[int]:
        group = self.waiting.take(now, everything=everything)
        return [cast("int", pending.unit) for pending in group]


@pytest.fixture
def line() -> _Line:
    return _Line()


def test_nothing_goes_before_it_is_due(line: _Line) -> None:
    line.add(1, 0.0, 0.25)
    assert line.waiting.due == 0.25
    assert line.take(0.2) == []
    assert line.take(0.25) == [1]
    assert line.take(9.0) == []


def test_a_claim_leaves_outcomes_to_a_larger_group(line: _Line) -> None:
    line.add(1, 0.0, 0.25)
    line.add(2, 0.01, 0.02)
    line.add(3, 0.02, 0.02)
    assert line.take(0.03) == [2, 3]
    assert line.waiting.due == 0.25


def test_what_is_nearly_due_goes_along(line: _Line) -> None:
    line.add(1, 0.0, 0.04)
    line.add(2, 0.01, 0.02)
    assert line.take(0.03) == [1, 2]


def test_a_patient_unit_takes_all(line: _Line) -> None:
    line.add(1, 0.0, 0.25)
    line.add(2, 0.24, 0.02)
    line.add(3, 0.24, 0.25)
    assert line.take(0.25) == [1, 2, 3]


def test_what_cannot_wait_goes_alone(line: _Line) -> None:
    for name in range(ENOUGH):
        line.add(name, 0.0, 0.25)
    line.add(-1, 0.1, 0.0)
    assert line.take(0.1) == [-1]


def test_enough_company_goes_with_the_next_that_waited(line: _Line) -> None:
    for name in range(ENOUGH):
        line.add(name, 0.0, 0.25)
    line.add(-1, 0.1, 0.01)
    assert line.take(0.11) == [*range(ENOUGH), -1]


def test_hurried(line: _Line) -> None:
    line.waiting.hurry()
    line.add(1, 0.0, 0.25)
    assert line.take(0.1) == []
    line.waiting.hurry()
    assert line.take(0.1) == [1]


@given(st.lists(st.tuples(st.floats(0, 2), st.sampled_from([0.0, 0.01, 0.04, 0.25])), max_size=300))
def test_each_goes_once_in_time_and_in_order(given_units: list[tuple[float, float]]) -> None:
    line, went = _Line(), list[int]()
    units = sorted(given_units)
    for name, (at, linger) in enumerate(units):
        while line.waiting.due <= at:
            group = line.take(at)
            assert group == sorted(group)
            assert 0 < len(group) <= MAX_GROUP
            went += group
        line.add(name, at, linger)
        assert all(units[n][0] + units[n][1] > at for n in range(name) if n not in went)
    while group := line.take(9.0, everything=True):
        went += group
    assert sorted(went) == list(range(len(units)))
