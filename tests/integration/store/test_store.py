"""The store on a real SQLite file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from estate_sms.store import migrate as migration
from estate_sms.store.errors import (
    CommitFailedError,
    MigrationError,
    StoreClosedError,
    StoreCorruptError,
    StoreFullError,
    StoreLockedError,
    StoreNewerError,
    StoreUnwritableError,
)
from estate_sms.store.events import Event, NullRecorder
from estate_sms.store.store import DATABASE, Store
from estate_sms.store.unit import UnitOfWork


def feeding(ref: str) -> Callable[[UnitOfWork], str]:
    def unit(uow: UnitOfWork) -> str:
        uow.feed("test", "written", ref)
        return ref

    return unit


def void(_: object) -> None:
    """Turn an expression into a statement."""


def failing(uow: UnitOfWork) -> None:
    uow.feed("test", "written", "never")
    uow.record(Event(kind="sys", action="never"))
    raise LookupError("the unit's own error")


class Witness(NullRecorder):
    """Counts what the store tells its recorder; fails on demand."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.commits = 0
        self.discards = 0
        self.fail = False

    def seal(self, connection: sqlite3.Connection, events: Sequence[Event], now: int) -> None:
        if self.fail:
            raise RuntimeError("cannot seal")
        self.groups.append([event.action for event in events])

    def committed(self) -> None:
        self.commits += 1

    def discarded(self) -> None:
        self.discards += 1


async def open_store(tmp_path: Path, recorder: Witness | None = None) -> Store:
    witness = recorder or Witness()
    return await Store.open(tmp_path, lambda _: witness)


async def refs(store: Store) -> list[str]:
    return [row.ref for row in await store.feed_after(0)]


async def test_a_failing_unit_does_not_fail_its_neighbours(tmp_path: Path) -> None:
    store = await open_store(tmp_path)
    results = await asyncio.gather(
        store.write(feeding("a")),
        store.write(failing),
        store.write(feeding("b")),
        return_exceptions=True,
    )
    assert results[0] == "a"
    assert isinstance(results[1], LookupError)
    assert results[2] == "b"
    assert await refs(store) == ["a", "b"]
    await store.close()


async def test_units_of_one_moment_share_one_group(tmp_path: Path) -> None:
    witness = Witness()
    store = await open_store(tmp_path, witness)

    def recording(uow: UnitOfWork) -> None:
        uow.record(Event(kind="sys", action="x"))

    await asyncio.gather(*(store.write(recording) for _ in range(50)))
    assert sum(len(group) for group in witness.groups) == 50
    assert len(witness.groups) <= 2
    assert witness.commits == len(witness.groups)
    await store.close()


async def test_a_lingering_unit_goes_with_the_next_one(tmp_path: Path) -> None:
    witness = Witness()
    store = await open_store(tmp_path, witness)

    def recording(uow: UnitOfWork) -> None:
        uow.record(Event(kind="sys", action="x"))

    lingering = asyncio.create_task(store.write(recording, linger=30.0))
    await asyncio.sleep(0)
    await store.write(recording)
    await lingering
    assert [len(group) for group in witness.groups] == [2]
    await store.close()


async def test_a_group_that_cannot_be_sealed_fails_whole(tmp_path: Path) -> None:
    witness = Witness()
    store = await open_store(tmp_path, witness)
    witness.fail = True
    called: list[str] = []

    def unit(uow: UnitOfWork) -> None:
        uow.feed("test", "written", "lost")
        uow.record(Event(kind="sys", action="x"))
        uow.on_commit(lambda: called.append("x"))

    results = await asyncio.gather(
        store.write(unit), store.write(feeding("also lost")), return_exceptions=True
    )
    assert [type(result) for result in results] == [CommitFailedError, CommitFailedError]
    assert witness.discards == 1
    assert called == []
    assert await refs(store) == []
    witness.fail = False
    assert await store.write(feeding("after")) == "after"
    await store.close()


async def test_a_failed_commit_fails_its_whole_group(tmp_path: Path) -> None:
    witness = Witness()
    store = await open_store(tmp_path, witness)

    def dangling(uow: UnitOfWork) -> None:
        uow.execute("PRAGMA defer_foreign_keys = ON")
        uow.execute("INSERT INTO household VALUES (1, 'h1', 'a', 'b', 'c', 0)")
        uow.execute("INSERT INTO resident VALUES (1, 1, 999, 'owner')")

    results = await asyncio.gather(
        store.write(feeding("lost")), store.write(dangling), return_exceptions=True
    )
    assert [type(result) for result in results] == [CommitFailedError, CommitFailedError]
    assert witness.discards == 1
    assert await refs(store) == []
    await store.write(feeding("after"))
    assert await refs(store) == ["after"]
    await store.close()


async def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path) -> None:
    store = await open_store(tmp_path)

    def limit(pages: int) -> Callable[[UnitOfWork], None]:
        return lambda uow: void(uow.execute(f"PRAGMA max_page_count = {pages}"))

    def huge(uow: UnitOfWork) -> None:
        uow.feed("test", "written", "huge", {"filler": "x" * 2_000_000})

    pages = await store.read(lambda c: int(c.execute("PRAGMA page_count").fetchone()[0]))
    await store.write(limit(pages + 5))
    with pytest.raises(StoreFullError):
        await store.write(huge)
    await store.write(feeding("small"))
    await store.write(limit(1_000_000))
    await store.write(huge)
    assert await refs(store) == ["small", "huge"]
    await store.close()


async def test_callbacks_run_after_commit(tmp_path: Path) -> None:
    store = await open_store(tmp_path)
    seen: list[bool] = []

    def unit(uow: UnitOfWork) -> None:
        connection = uow.connection
        uow.on_commit(lambda: seen.append(connection.in_transaction))

    await store.write(unit)
    assert seen == [False]
    await store.close()


async def test_a_cancelled_caller_does_not_undo_its_unit(tmp_path: Path) -> None:
    store = await open_store(tmp_path)
    caller = asyncio.create_task(store.write(feeding("kept")))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await store.write(feeding("next"))
    assert await refs(store) == ["kept", "next"]
    await store.close()


async def test_close_runs_what_is_pending_and_refuses_more(tmp_path: Path) -> None:
    store = await open_store(tmp_path)
    pending = [asyncio.create_task(store.write(feeding(str(n)), linger=60)) for n in range(5)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*pending) == ["0", "1", "2", "3", "4"]
    with pytest.raises(StoreClosedError):
        await store.write(feeding("late"))
    again = await open_store(tmp_path)
    assert await refs(again) == ["0", "1", "2", "3", "4"]
    await again.close()


async def test_a_waiting_reader_of_the_feed_is_woken(tmp_path: Path) -> None:
    store = await open_store(tmp_path)
    waiter = asyncio.create_task(store.wait_fed(30))
    await asyncio.sleep(0)
    await store.write(feeding("a"))
    assert await waiter
    assert not await store.wait_fed(0.01)
    await store.close()


async def test_the_feed_filters_by_topic_and_cursor(tmp_path: Path) -> None:
    store = await open_store(tmp_path)

    def unit(uow: UnitOfWork) -> None:
        uow.feed("message", "queued", "m1", {"n": 1})
        uow.feed("modem", "ready", "A1")
        uow.feed("message", "sent", "m1")

    await store.write(unit)
    rows = await store.feed_after(0, topics=("message",))
    assert [(row.kind, row.body) for row in rows] == [("queued", {"n": 1}), ("sent", {})]
    assert [row.kind for row in await store.feed_after(rows[0].sequence)] == ["ready", "sent"]
    assert await store.feed_head() == rows[-1].sequence
    await store.close()


async def test_readers_cannot_write(tmp_path: Path) -> None:
    store = await open_store(tmp_path)
    with pytest.raises(StoreUnwritableError):
        await store.read(lambda c: c.execute("DELETE FROM feed"))
    await store.close()


async def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    store = await open_store(tmp_path)
    with pytest.raises(StoreLockedError):
        await open_store(tmp_path)
    await store.close()
    await (await open_store(tmp_path)).close()


async def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    await (await open_store(tmp_path)).close()
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()
    with pytest.raises(StoreNewerError, match="newer estate-sms"):
        await open_store(tmp_path)


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"no database at all" * 500)
    with pytest.raises(StoreCorruptError):
        await open_store(tmp_path)
    assert (tmp_path / DATABASE).read_bytes() == b"no database at all" * 500


def dump(connection: sqlite3.Connection) -> list[str]:
    return [*connection.iterdump(), str(connection.execute("PRAGMA user_version").fetchone())]


def test_a_migration_that_fails_leaves_the_database_as_it_was() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    steps = migration.available()
    migration.migrate(connection, steps[:1])
    before = dump(connection)
    broken = "CREATE TABLE half (x);\nINSERT INTO half VALUES (1);\nINSERT INTO nowhere VALUES (1);"
    with pytest.raises(MigrationError):
        migration.migrate(connection, [*steps[:1], (2, broken)])
    assert dump(connection) == before
    connection.close()


def test_migrations_apply_once_and_satisfy_their_own_references() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    newest = migration.migrate(connection)
    before = dump(connection)
    assert migration.migrate(connection) == newest
    assert dump(connection) == before
    connection.execute("PRAGMA foreign_keys = ON")
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
