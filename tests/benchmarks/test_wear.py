"""Octets written to the disk for a message, and what a long history costs."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from estate_sms.audit.keys import Keys
from estate_sms.audit.vault import SubjectVault
from estate_sms.queue import batch_list, queries
from estate_sms.queue.claim import Claimer
from estate_sms.queue.drafts import NewBatch, NewMessage
from estate_sms.queue.due import chores
from estate_sms.queue.hours import AlwaysOpen
from estate_sms.queue.intake import accept
from estate_sms.queue.intents import Sim
from estate_sms.queue.outcomes import record
from estate_sms.queue.priorities import Priority
from estate_sms.queue.transmitter import PartResult
from estate_sms.store.migrate import migrate
from estate_sms.store.unit import UnitOfWork
from tests.benchmarks.conftest import FULL
from tests.benchmarks.history import BATCH, add_batch

_TURNS = 150


def _written() -> int:
    """Octets that this process had written to storage (proc(5): ``write_bytes``)."""
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


def test_octets_written_for_a_message(
    figures: Any, open_bench: Any, size: Any, numbers: Any
) -> None:
    """From the call to the delivery report, 16 modems at 50 ms, database, log and checkpoints."""
    count = size(500, 5000)

    async def work() -> float:
        async with open_bench(16) as bench:
            before: int = _written()
            await bench.send(numbers(count))
            await bench.all_delivered(count)
            await bench.gateway.house.store.empty_wal()
            octets: float = (_written() - before) / count
            return octets

    octets = figures.run(work)
    figures.note("octets written a single-part message", octets / 1024, "KiB", "≤ 16 KiB")
    assert octets < 32 * 1024


@pytest.mark.skipif(not FULL, reason="half a minute of waiting")
def test_octets_written_at_six_a_minute(figures: Any, open_bench: Any, numbers: Any) -> None:
    """16 SIMs, 6 messages a minute each, evenly spread, 3 s on the air, each by a call of its own."""
    count = 40

    async def work() -> float:
        async with open_bench(16, 3.0) as bench:
            before = _written()
            for number in numbers(count):
                await bench.send([number])
                await asyncio.sleep(10 / 16)
            await bench.all_delivered(count)
            await bench.gateway.house.store.empty_wal()
            return (_written() - before) / count

    octets = figures.run(work)
    figures.note("octets written a message, six a minute and SIM", octets / 1024, "KiB")


def _fill(connection: sqlite3.Connection, upto: int) -> None:
    have = connection.execute("SELECT coalesce(max(id), 0) FROM message").fetchone()[0]
    connection.execute("BEGIN")
    for first in range(have + 1, upto, BATCH):
        add_batch(connection, first)
    connection.execute("COMMIT")
    connection.execute("PRAGMA optimize")


class _Costs:
    """The operations that are measured, on one connection as the store has it."""

    def __init__(self, connection: sqlite3.Connection, vault: SubjectVault) -> None:
        self._connection = connection
        self._vault = vault
        self._claimer = Claimer(vault, AlwaysOpen())
        self._batch = ""

    def works(self) -> dict[str, Callable[[], None]]:
        """What is measured."""
        return {
            "enqueue": partial(self._unit, self._accept),
            "claim and outcome": partial(self._unit, self._claim),
            "list of batches": self._list,
            "dashboard counts": self._counts,
            "looking for work": self._look,
        }

    def _unit(self, work: Callable[[UnitOfWork], None]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        uow = UnitOfWork(self._connection, time.time_ns() // 1000)
        work(uow)
        uow.finish()
        self._connection.execute("COMMIT")

    def _accept(self, uow: UnitOfWork) -> None:
        messages = [NewMessage(number="+8613800138000")]
        batch = NewBatch(
            messages=messages, text="停水", purpose="service", priority=Priority.NORMAL,
            submitter="cli",
        )  # fmt: skip
        self._batch = accept(uow, self._vault, batch, AlwaysOpen()).public_id

    def _claim(self, uow: UnitOfWork) -> None:
        sim = Sim("A1", "460009999999999", can_command=False)
        intent = self._claimer.claim(uow, sim, "any").intent
        assert intent is not None
        answered = [
            PartResult(attempt=a, outcome="accepted", tp_mr=a % 256, answered_at=uow.now)
            for a in intent.attempts
        ]
        record(uow, answered)

    def _list(self) -> None:
        batch_list.batches(self._connection, state=None, limit=50, after=None)

    def _counts(self) -> None:
        now = time.time_ns() // 1000
        queries.batch(self._connection, self._vault, self._batch, now, (), AlwaysOpen())

    def _look(self) -> None:
        """What the clock asks twice a second, with nothing queued."""
        chores(self._connection, time.time_ns() // 1000)


def _measure(histories: Sequence[_Costs]) -> list[dict[str, float]]:
    """Median milliseconds of CPU time of each operation, the histories by turns: a machine that
    is slower for a while is so for all of them."""
    works = [history.works() for history in histories]
    taken: list[dict[str, list[float]]] = [{name: [] for name in each} for each in works]
    for turn in range(_TURNS):
        for mine, times in zip(works, taken, strict=True):
            for name, work in mine.items():
                began = time.thread_time()
                work()
                if turn >= 20:
                    times[name].append(time.thread_time() - began)
    return [{n: statistics.median(t) * 1000 for n, t in times.items()} for times in taken]


def _history(stack: contextlib.ExitStack, folder: Path, messages: int) -> _Costs:
    connection = sqlite3.connect(folder / f"{messages}.db", isolation_level=None)
    stack.enter_context(contextlib.closing(connection))
    pragmas = "page_size = 2048", "journal_mode = WAL", "synchronous = OFF", "cache_size = -16384"
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")
    migrate(connection)
    vault = SubjectVault(Keys.load(folder))
    vault.prepare(connection)
    _fill(connection, messages)
    return _Costs(connection, vault)


def test_cost_of_a_long_history(figures: Any, size: Any, tmp_path: Path) -> None:
    small, large = 10_000, size(100_000, 1_000_000)

    def work() -> list[dict[str, float]]:
        with contextlib.ExitStack() as stack:
            return _measure([_history(stack, tmp_path, n) for n in (small, large)])

    before, after = figures.once(work)
    for name, cost in after.items():
        ratio = cost / before[name]
        figures.note(f"{name}: {large:,} over {small:,} messages", ratio, "×", "≤ 1.2 ×")
        figures.note(f"{name} at {large:,}", cost, "ms of CPU")
        assert ratio < 3
