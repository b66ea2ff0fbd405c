"""The store: one SQLite file, one writer, group commit, readers beside it."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from pathlib import Path
from typing import TypeVar

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
from .group import Outcome, run_group
from .lock import DataDirLock
from .migrate import migrate
from .unit import UnitOfWork
from .waiting import Pending, Unit, Waiting

T = TypeVar("T")

DATABASE = "estate-sms.db"
_UNWRITABLE = (StoreFullError, StoreUnwritableError, StoreCorruptError, CommitFailedError)
_QUIET = 0.1
"""Seconds without a commit after which the next one takes along whoever waits: at this rate company
is rare, and a commit of its own would cost them more."""


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
        self._waiting = Waiting()
        self._wake = asyncio.Event()
        self._looks_at = -inf
        self._committed_at = -inf
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
        return await self.submit(unit, linger=linger)

    def submit(self, unit: Callable[[UnitOfWork], T], *, linger: float = 0.0) -> asyncio.Future[T]:
        """As :meth:`write`, for who goes on meanwhile: a future costs less than a task. Never raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if self._closing:
            future.set_exception(StoreClosedError("the store is closed"))
            return future
        self._waiting.add(Pending(unit, future, linger, loop.time() + linger))
        self._poke()
        return future

    def hurry(self) -> None:
        """Have what lingers committed now: somebody waits for it after all."""
        self._waiting.hurry()
        self._poke()

    def _poke(self) -> None:
        if self._waiting.due < self._looks_at:
            self._wake.set()

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
                # Not wait_for: before 3.12 it loses a cancellation that comes with the news.
                async with asyncio.timeout(seconds):
                    await self._fed.wait()
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
        while group := await self._next_group(loop):
            outcomes = await self._commit([pending.unit for pending in group])
            self._committed_at = loop.time()
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

    async def _next_group(self, loop: asyncio.AbstractEventLoop) -> list[Pending]:
        """Wait until units are due; empty once the store closed and none is left."""
        while True:
            now = loop.time()
            quiet = self._waiting.due <= now and now - self._committed_at > _QUIET
            group = self._waiting.take(now, everything=self._closing or quiet)
            if group or self._closing:
                return group
            self._wake.clear()
            self._looks_at = self._waiting.due
            timer = None if self._looks_at == inf else loop.call_at(self._looks_at, self._wake.set)
            await self._wake.wait()
            self._looks_at = -inf  # until it waits again it looks by itself
            if timer is not None:
                timer.cancel()


def _resolve(group: list[Pending], outcomes: list[Outcome]) -> None:
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
