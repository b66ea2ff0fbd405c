"""Group commit: many units, one transaction, one fsync, one hop onto the store's thread."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from .clock import Clock
from .connection import translate
from .errors import CommitFailedError, StoreError
from .events import Event, Recorder
from .feed import FeedItem
from .joint import Joint
from .unit import UnitOfWork
from .waiting import Unit


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one unit: its value, or the exception it raised."""

    value: Any = None
    error: BaseException | None = None
    callbacks: Sequence[Callable[[], None]] = ()
    fed: Sequence[FeedItem] = ()


def run_group(
    connection: sqlite3.Connection, units: Sequence[Unit], recorder: Recorder, clock: Clock
) -> list[Outcome]:
    """Run ``units`` in one transaction; returns an outcome each.

    A unit that raises is rolled back alone. :class:`~.joint.Joint` units of a kind run together,
    in the place of the first of them. Events are sealed once, after the last unit. When
    sealing or COMMIT fails, every unit fails with :class:`CommitFailedError` (or its cause's
    own :class:`StoreError`) and nothing took effect.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:
        return _all_failed(units, translate(error))
    events: list[Event] = []
    outcomes = dict.fromkeys(range(len(units)), Outcome())
    try:
        for kin in _kin(units):
            ran, their_events = _run_kin(connection, [units[i] for i in kin], clock)
            outcomes.update(zip(kin, ran, strict=True))
            events += their_events
        if events:
            recorder.seal(connection, events, clock())
        connection.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001 - whatever it was, roll back and say so
        if connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        recorder.discarded()
        return _all_failed(units, _cause(error))
    if events:
        recorder.committed()
    return list(outcomes.values())


def _kin(units: Sequence[Unit]) -> Iterable[list[int]]:
    """Which units run as one, by their places."""
    kin: dict[object, list[int]] = {}
    for place, unit in enumerate(units):
        kin.setdefault(getattr(unit, "together", place), []).append(place)
    return kin.values()


def _run_kin(
    connection: sqlite3.Connection, units: Sequence[Unit], clock: Clock
) -> tuple[list[Outcome], list[Event]]:
    if len(units) > 1:
        joint = cast("Sequence[Joint[Any, Any]]", units)
        together, items = joint[0].together, [unit.item for unit in joint]
        outcome, events = _run_one(connection, lambda uow: together(uow, items), clock())
        if outcome.error is None:
            rest = [Outcome(value) for value in outcome.value[1:]]
            return [replace(outcome, value=outcome.value[0]), *rest], events
    ran = [_run_one(connection, unit, clock()) for unit in units]
    return [outcome for outcome, _ in ran], [event for _, events in ran for event in events]


def _run_one(connection: sqlite3.Connection, unit: Unit, now: int) -> tuple[Outcome, list[Event]]:
    uow = UnitOfWork(connection, now)
    connection.execute("SAVEPOINT unit")
    try:
        value = unit(uow)
        events, callbacks, fed = uow.finish()
    except BaseException as error:
        # Some errors (disk full, I/O) end the whole transaction: then the group fails.
        if not connection.in_transaction:
            raise
        connection.execute("ROLLBACK TO unit")
        connection.execute("RELEASE unit")
        return Outcome(error=_own_or_translated(error)), []
    connection.execute("RELEASE unit")
    return Outcome(value, None, callbacks, fed), events


def _own_or_translated(error: BaseException) -> BaseException:
    """A constraint that failed is the unit's own affair; any other SQLite error is the store's."""
    if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
        return translate(error)
    return error


def _cause(error: BaseException) -> StoreError:
    if isinstance(error, sqlite3.Error):
        error = translate(error)
    if isinstance(error, StoreError) and type(error) is not StoreError:
        return error
    failed = CommitFailedError(f"the group was rolled back: {type(error).__name__}")
    failed.__cause__ = error
    return failed


def _all_failed(units: Sequence[Unit], error: BaseException) -> list[Outcome]:
    return [Outcome(error=error) for _ in units]
