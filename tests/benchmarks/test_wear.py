"""Octets written to the disk for a message, and what a long history costs."""

from __future__ import annotations

import contextlib
import sqlite3
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from estate_sms.audit.keys import Keys
from estate_sms.audit.vault import SubjectVault
from estate_sms.queue import batch_list, queries
from estate_sms.queue.claim import Claimer
from estate_sms.queue.drafts import NewBatch, NewMessage
from estate_sms.queue.hours import AlwaysOpen
from estate_sms.queue.intake import accept
from estate_sms.queue.intents import Sim
from estate_sms.queue.outcomes import record
from estate_sms.queue.priorities import Priority
from estate_sms.queue.transmitter import PartResult
from estate_sms.store.migrate import migrate
from estate_sms.store.unit import UnitOfWork

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
    assert octets < 64 * 1024  # the target is missed: docs/reliability.md says by how much


def _fill(connection: sqlite3.Connection, upto: int) -> None:
    """History: delivered messages of batches of 500, with a part, an attempt and moves each."""
    have = connection.execute("SELECT coalesce(max(id), 0) FROM message").fetchone()[0]
    connection.execute("BEGIN")
    for first in range(have + 1, upto, 500):
        batch = connection.execute(
            "INSERT INTO batch (public_id, state, purpose, priority, text, total, segments, submitter,"
            " digest, created_at) VALUES (?, 'done', 'service', 2, 'x', 500, 1, 'cli', x'00', ?)",
            (f"h{first}", first),
        ).lastrowid
        ids = range(first, first + 500)
        connection.executemany(
            "INSERT INTO message (id, public_id, batch_id, subject_id, state, priority, rank, not_before,"
            " segments, created_at, updated_at) VALUES (?1, 'x' || ?1, ?2, 0, 'delivered', 2, ?1, 1, 1, 1, 1)",
            [(i, batch) for i in ids],
        )
        for sql in (
            "INSERT INTO part (id, message_id, seq, state, updated_at) VALUES (?1, ?1, 1, 'delivered', 1)",
            "INSERT INTO attempt (part_id, modem, imsi, intent_at, tp_mr, outcome)"
            " VALUES (?1, 'A1', '460001234567890', ?1, ?1 % 256, 'delivered')",
            "INSERT INTO history (part_id, from_state, to_state, at) VALUES (?1, 'queued', 'submitting', 1)",
            "INSERT INTO history (part_id, from_state, to_state, at) VALUES (?1, 'submitted', 'delivered', 1)",
        ):
            connection.executemany(sql, [(i,) for i in ids])
    connection.execute("COMMIT")
    connection.execute("PRAGMA optimize")


class _Costs:
    """Median milliseconds of each operation, on one connection as the store has it."""

    def __init__(self, connection: sqlite3.Connection, vault: SubjectVault) -> None:
        self._connection = connection
        self._vault = vault
        self._claimer = Claimer(vault, AlwaysOpen())
        self._batch = ""

    def measure(self) -> dict[str, float]:
        works: dict[str, Callable[[], None]] = {
            "enqueue": partial(self._unit, self._accept),
            "claim and outcome": partial(self._unit, self._claim),
            "list of batches": self._list,
            "dashboard counts": self._counts,
        }
        taken: dict[str, list[float]] = {name: [] for name in works}
        for turn in range(_TURNS):
            for name, work in works.items():
                began = time.perf_counter()
                work()
                if turn >= 20:
                    taken[name].append(time.perf_counter() - began)
        return {name: statistics.median(times) * 1000 for name, times in taken.items()}

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


def test_cost_of_a_long_history(figures: Any, size: Any, tmp_path: Path) -> None:
    small, large = 10_000, size(100_000, 1_000_000)

    def work() -> tuple[dict[str, float], dict[str, float]]:
        path = tmp_path / "history.db"
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for pragma in ("journal_mode = WAL", "synchronous = OFF", "cache_size = -16384"):
                connection.execute(f"PRAGMA {pragma}")
            migrate(connection)
            vault = SubjectVault(Keys.load(tmp_path))
            vault.prepare(connection)
            costs = _Costs(connection, vault)
            _fill(connection, small)
            before = costs.measure()
            _fill(connection, large)
            return before, costs.measure()

    before, after = figures.once(work)
    for name, cost in after.items():
        ratio = cost / before[name]
        figures.note(f"{name}: {large:,} over {small:,} messages", ratio, "×", "≤ 1.2 ×")
        figures.note(f"{name} at {large:,}", cost, "ms")
        assert ratio < 3
