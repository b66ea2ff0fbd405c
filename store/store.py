"""The store: one SQLite file, one writer, group commit, readers beside it."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import aiosqlite

from . import feed
from .clock import Clock, system_clock
from .connection import connect, hop, translate, truncate_wal
from .errors import (
    CommitFailedError,
    StoreClosedError,
    StoreCorruptError,
    StoreFullError,
    StoreUnwritableError,
)
from .events import Recorder
from .group import Outcome, Unit, run_group
from .lock import DataDirLock
from .migrate import migrate
from .unit import UnitOfWork

T = TypeVar("T")

DATABASE = "estate-sms.db"
_UNWRITABLE = (StoreFullError, StoreUnwritableError, StoreCorruptError, CommitFailedError)
MAX_GROUP = 256
"""Units in one transaction: enough to amortise an fsync, few enough to bound its length."""


@dataclass(slots=True)
class _Pending:
    unit: Unit
    future: asyncio.Future[Any]
    due: float


class Store:
    """Opened with :meth:`open`; every write is a unit given to :meth:`write`."""

    def __init__(
        self,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
        lock: DataDirLock,
        recorder: Recorder,
        clock: Clock,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._lock = lock
        self._recorder = recorder
        self._clock = clock
        self._pending: list[_Pending] = []
        self._wake = asyncio.Event()
        self._fed = asyncio.Condition()
        self._listeners: list[Callable[[Sequence[feed.FeedItem]], None]] = []
        self._closing = False
        self.writable = True
        """Whether the last group could be committed."""
        self._committer = asyncio.create_task(self._commit_loop(), name="store.committer")

    @classmethod
    async def open(
        cls,
        data_dir: Path,
        make_recorder: Callable[[sqlite3.Connection], Recorder],
        *,
        clock: Clock = system_clock,
    ) -> Store:
        """Open (and create, and migrate) ``data_dir``'s database.

        ``make_recorder`` gets the migrated writer connection on the store's thread, before the
        first unit: the audit log loads its tree and verifies its tail there. Raises a
        :class:`~.errors.StoreError`; nothing stays locked then.
        """
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)  # noqa: ASYNC240 - once, at start
        lock = DataDirLock(data_dir)
        lock.acquire()
        async with contextlib.AsyncExitStack() as undo:
            undo.callback(lock.release)
            writer = await connect(data_dir / DATABASE, writer=True)
            undo.push_async_callback(writer.close)
            try:
                await hop(writer, migrate)
            except sqlite3.Error as error:
                raise translate(error) from error
            recorder = await hop(writer, make_recorder)
            reader = await connect(data_dir / DATABASE, writer=False)
            undo.pop_all()
        return cls(writer, reader, lock, recorder, clock)

    @property
    def now(self) -> int:
        """Now by the store's clock, in microseconds since 1970 UTC."""
        return self._clock()

    async def write(self, unit: Callable[[UnitOfWork], T], *, linger: float = 0.0) -> T:
        """Run ``unit`` on the store's thread; returns its value once it is durable.

        ``linger`` (seconds) is how long the caller allows it to wait for company. Raises what
        the unit raised, or a :class:`~.errors.StoreError` when the commit failed. A caller that
        is cancelled while waiting does not undo the unit.
        """
        if self._closing:
            raise StoreClosedError("the store is closed")
        loop = asyncio.get_running_loop()
        pending = _Pending(unit, loop.create_future(), loop.time() + linger)
        self._pending.append(pending)
        self._wake.set()
        return cast("T", await pending.future)

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``query`` on a read-only connection of its own thread; it sees committed rows."""
        if self._closing:
            raise StoreClosedError("the store is closed")
        try:
            return await hop(self._reader, query)
        except sqlite3.Error as error:
            raise translate(error) from error

    async def empty_wal(self) -> bool:
        """Move the write-ahead log into the database and cut it to nothing; whether that worked.

        ``False``: a reader still needs it. Old versions of pages are in no file afterwards.
        """
        if self._closing:
            raise StoreClosedError("the store is closed")
        try:
            return await hop(self._writer, truncate_wal)
        except sqlite3.Error as error:
            raise translate(error) from error

    async def feed_after(
        self, after: int, *, limit: int = 500, topics: tuple[str, ...] = ()
    ) -> list[feed.FeedRow]:
        """Feed rows after the cursor, oldest first; empty when there are none yet."""
        return await self.read(lambda c: feed.read(c, after, limit, topics))

    async def feed_head(self) -> int:
        """The feed's newest sequence."""
        return await self.read(feed.head)

    async def wait_fed(self, seconds: float) -> bool:
        """Wait until the feed grew, at most ``seconds``; whether it did.

        A row committed between a read and this call may be missed: read with a bounded timeout.
        """
        async with self._fed:
            try:
                await asyncio.wait_for(self._fed.wait(), seconds)
            except TimeoutError:
                return False
        return True

    def on_fed(self, listener: Callable[[Sequence[feed.FeedItem]], None]) -> None:
        """Have ``listener`` called on the event loop with what each group appended, once durable.

        For what may be missed at a crash (waking, counting); it must be quick and not raise.
        """
        self._listeners.append(listener)

    async def close(self) -> None:
        """Run what is pending, then close. Further calls raise :class:`StoreClosedError`."""
        if self._closing:
            return
        self._closing = True
        self._wake.set()
        await self._committer
        async with self._fed:
            self._fed.notify_all()
        await self._reader.close()
        await self._writer.close()
        self._lock.release()

    async def _commit_loop(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wait_for_work(loop)
            group, self._pending = self._pending[:MAX_GROUP], self._pending[MAX_GROUP:]
            if not group:
                return
            outcomes = await self._commit([pending.unit for pending in group])
            self.writable = not all(isinstance(o.error, _UNWRITABLE) for o in outcomes)
            _resolve(group, outcomes)
            if fed := [item for outcome in outcomes for item in outcome.fed]:
                for listener in self._listeners:
                    listener(fed)
                async with self._fed:
                    self._fed.notify_all()

    async def _commit(self, units: list[Unit]) -> list[Outcome]:
        run = partial(run_group, units=units, recorder=self._recorder, clock=self._clock)
        try:
            return await hop(self._writer, run)
        except Exception as error:  # noqa: BLE001 - a caller must never wait for ever
            failed = CommitFailedError(f"the group was not run: {type(error).__name__}")
            return [Outcome(error=failed) for _ in units]

    async def _wait_for_work(self, loop: asyncio.AbstractEventLoop) -> None:
        """Return when a unit is due, or when the store closes."""
        while not self._closing:
            self._wake.clear()
            if self._pending:
                delay = min(p.due for p in self._pending) - loop.time()
                if delay <= 0 or len(self._pending) >= MAX_GROUP:
                    return
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), delay)
            else:
                await self._wake.wait()


def _resolve(group: list[_Pending], outcomes: list[Outcome]) -> None:
    for pending, outcome in zip(group, outcomes, strict=True):
        if outcome.error is None:
            for callback in outcome.callbacks:
                callback()
        if pending.future.done():  # its caller was cancelled
            continue
        if outcome.error is None:
            pending.future.set_result(outcome.value)
        else:
            pending.future.set_exception(outcome.error)
