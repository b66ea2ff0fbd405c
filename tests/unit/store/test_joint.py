"""Units of a kind run as one; a bad one among them harms no other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import pytest

from estate_sms.store.clock import system_clock
from estate_sms.store.events import Event, NullRecorder
from estate_sms.store.group import Outcome, run_group
from estate_sms.store.joint import Joint
from estate_sms.store.migrate import migrate
from estate_sms.store.unit import UnitOfWork
from estate_sms.store.waiting import Unit


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    yield connection
    connection.close()


class Doubling:
    """Doubles numbers and feeds them; a negative one is a defect."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.committed: list[int] = []

    def together(self, uow: UnitOfWork, items: Sequence[int]) -> list[int]:
        self.calls.append(list(items))
        for item in items:
            uow.feed("test", "doubled", str(item))
            uow.record(Event(kind="sys", action=str(item)))
            if item < 0:
                raise LookupError("negative")
        uow.on_commit(lambda: self.committed.extend(items))
        return [2 * item for item in items]


class Witness(NullRecorder):
    """Keeps what would be sealed."""

    def __init__(self) -> None:
        self.actions: list[str] = []

    def seal(self, connection: sqlite3.Connection, events: Sequence[Event], now: int) -> None:
        self.actions += [event.action for event in events]


def _values(outcomes: list[Outcome]) -> list[object]:
    for outcome in outcomes:
        for callback in outcome.callbacks:
            callback()
    return [type(o.error) if o.error else o.value for o in outcomes]


def _fed(connection: sqlite3.Connection) -> list[str]:
    return [ref for (ref,) in connection.execute("SELECT ref FROM feed ORDER BY sequence")]


def test_kin_run_as_one_in_the_place_of_the_first(connection: sqlite3.Connection) -> None:
    some, others, witness = Doubling(), Doubling(), Witness()

    def alone(uow: UnitOfWork) -> None:
        uow.feed("test", "alone", "x")

    units: list[Unit] = [
        Joint(1, some.together),
        alone,
        Joint(5, others.together),
        Joint(2, some.together),
        Joint(3, some.together),
    ]
    outcomes = run_group(connection, units, witness, system_clock)
    assert _values(outcomes) == [2, None, 10, 4, 6]
    assert some.calls == [[1, 2, 3]]
    assert others.calls == [[5]]
    assert some.committed == [1, 2, 3]
    assert _fed(connection) == ["1", "2", "3", "x", "5"]
    assert witness.actions == ["1", "2", "3", "5"]


def test_a_defect_fails_its_own_unit_alone(connection: sqlite3.Connection) -> None:
    some, witness = Doubling(), Witness()
    units: list[Unit] = [Joint(item, some.together) for item in (1, -1, 2)]
    outcomes = run_group(connection, units, witness, system_clock)
    assert _values(outcomes) == [2, LookupError, 4]
    assert some.committed == [1, 2]
    assert _fed(connection) == ["1", "2"]
    assert witness.actions == ["1", "2"]
