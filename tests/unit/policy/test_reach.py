"""Counted by a bound or counted anew: the answer is the same, the work is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.policy.callers import Caller
from estate_sms.policy.reach import HOUR, Reach
from estate_sms.store.clock import SECOND
from estate_sms.store.migrate import migrate
from estate_sms.store.unit import UnitOfWork

NOW = 1_800_000_000 * SECOND
ABOVE = 12
LI = Caller(actor="key:one", key_id=1, person_id=None, scopes=frozenset())
WANG = Caller(actor="key:two", key_id=2, person_id=None, scopes=frozenset())


@cache
def _schema() -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        return connection.serialize()


class Desk:
    """Sends of two submitters, as rows."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.deserialize(_schema())
        self.connection.execute("PRAGMA foreign_keys = OFF")
        self.reach = Reach()
        self.now = NOW

    def unit(self, work: Callable[[UnitOfWork], bool]) -> None:
        """In a transaction; ``work`` says whether it is committed."""
        uow = UnitOfWork(self.connection, self.now)
        self.connection.execute("BEGIN")
        if work(uow):
            self.connection.execute("COMMIT")
            for callback in uow.finish()[1]:
                callback()
        else:
            self.connection.execute("ROLLBACK")

    def send(self, caller: Caller, subjects: set[int], kind: str, *, commit: bool) -> None:
        def work(uow: UnitOfWork) -> bool:
            self.judge_and_write(uow, caller, subjects, kind)
            return commit

        self.unit(work)

    def judge_and_write(
        self, uow: UnitOfWork, caller: Caller, subjects: set[int], kind: str
    ) -> None:
        fresh = Reach().unapproved(uow, caller, subjects, ABOVE, ())
        found = self.reach.unapproved(uow, caller, subjects, ABOVE, ())
        assert (found > ABOVE) == (fresh > ABOVE)
        batch = uow.insert(
            "INSERT INTO batch (public_id, kind, state, purpose, priority, flash, recallable, total,"
            " segments, submitter, digest, ruleset, created_at, released_at)"
            " VALUES (hex(randomblob(8)), ?, 'sending', 'service', 2, 0, 0, ?, 1, ?, x'00', '', ?, ?)",
            (kind, len(subjects), caller.actor, uow.now, uow.now),
        )
        self._write(uow, batch, subjects if kind == "notice" else set())

    def go_on(self) -> None:
        """A recall's messages come after its batch."""

        def work(uow: UnitOfWork) -> bool:
            rows = uow.execute("SELECT id, total FROM batch WHERE kind = 'recall'").fetchall()
            for batch, total in rows:
                self._write(uow, batch, set(range(100 * batch, 100 * batch + total)))
            return True

        self.unit(work)

    @staticmethod
    def _write(uow: UnitOfWork, batch: int, subjects: set[int]) -> None:
        uow.executemany(
            "INSERT INTO message (public_id, batch_id, subject_id, state, priority, rank, not_before,"
            " segments, created_at, updated_at)"
            " VALUES (hex(randomblob(8)), ?, ?, 'submitted', 2, 0, 0, 1, ?, ?)",
            [(batch, subject, uow.now, uow.now) for subject in subjects],
        )


people = st.sets(st.integers(1, 20), min_size=1, max_size=4)
sends = st.tuples(
    st.sampled_from([LI, LI, WANG]),
    people,
    st.sampled_from(["notice", "notice", "recall"]),
    st.booleans(),
)
times = st.sampled_from([SECOND, HOUR, 13 * HOUR, -HOUR])
steps = st.lists(st.one_of(sends, sends, times, st.none()), max_size=16)


@given(steps)
@settings(max_examples=60, deadline=None)
def test_as_if_all_were_counted_every_time(
    taken: list[tuple[Caller, set[int], str, bool] | int | None],
) -> None:
    desk = Desk()
    with closing(desk.connection):
        for step in taken:
            if step is None:
                desk.go_on()
            elif isinstance(step, int):
                desk.now += step
            else:
                caller, subjects, kind, commit = step
                desk.send(caller, subjects, kind, commit=commit)


def test_a_recall_that_goes_on_and_a_group_that_was_rolled_back() -> None:
    desk = Desk()
    with closing(desk.connection):
        desk.send(LI, {1, 2, 3, 4}, "recall", commit=True)
        desk.now += 13 * HOUR
        desk.send(LI, {1}, "notice", commit=True)
        desk.go_on()
        for subjects in ({2, 3, 4, 5}, {6, 7, 8, 9}, {10}):
            desk.send(LI, subjects, "notice", commit=True)

        def work(uow: UnitOfWork) -> bool:
            desk.judge_and_write(uow, WANG, {1}, "notice")
            desk.judge_and_write(uow, WANG, {2}, "notice")
            return False

        desk.send(WANG, {1}, "notice", commit=True)
        desk.unit(work)
        for subjects in ({1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}, {13}):
            desk.send(WANG, subjects, "notice", commit=True)


def test_far_from_the_limit_nothing_is_counted_again() -> None:
    desk = Desk()
    with closing(desk.connection):
        counted: list[str] = []
        for subject in range(1, 10):
            desk.send(LI, {subject}, "notice", commit=True)

        def work(uow: UnitOfWork) -> bool:
            desk.connection.set_trace_callback(counted.append)
            assert desk.reach.unapproved(uow, LI, {9}, ABOVE, ()) <= ABOVE
            desk.connection.set_trace_callback(None)
            return True

        desk.unit(work)
        assert counted
        assert not any("DISTINCT" in sql for sql in counted)
