"""One call with 10,000 recipients: what it costs beyond writing its rows, and whom it holds up."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from estate_sms.policy.callers import CLI
from estate_sms.policy.requests import SendRequest
from estate_sms.store import connection as store_connection
from estate_sms.store.store import DATABASE

RECIPIENTS = 10_000
PRAGMAS = store_connection._WRITER_PRAGMAS  # pyright: ignore[reportPrivateUsage] - the same for both
Rows = dict[str, list[tuple[Any, ...]]]


class Stalls:
    """The longest time that a task which was due had to wait for the event loop."""

    worst = 0.0

    async def _probe(self) -> None:
        while True:
            due = time.monotonic() + 0.001
            await asyncio.sleep(0.001)
            self.worst = max(self.worst, time.monotonic() - due)

    @asynccontextmanager
    async def watched(self) -> AsyncGenerator[None]:
        probe = asyncio.create_task(self._probe())
        await asyncio.sleep(0.05)
        self.worst = 0.0
        try:
            yield
        finally:
            probe.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await probe


def test_ten_thousand_recipients(
    open_bench: Callable[..., Any],
    figures: Any,
    numbers: Callable[[int], list[str]],
    size: Callable[[int, int], int],
    tmp_path: Path,
) -> None:
    ratios: list[float] = []
    heaps: list[float] = []
    seconds: list[float] = []
    stalls: list[float] = []

    async def call(folder: Path) -> None:
        async with open_bench(0) as bench:
            database = bench.gateway.house.data_dir / DATABASE
            before = _counts(database)
            asked = SendRequest(
                to=numbers(RECIPIENTS), text="今日停水，请储水。", purpose="service"
            )
            watch = Stalls()
            async with watch.watched():
                began = time.perf_counter()
                await bench.gateway.desk.send(CLI, asked, "notice-1")
                took = time.perf_counter() - began
            schema, rows = _written(database, before)
            assert sum(map(len, rows.values())) >= 3 * RECIPIENTS + 3
            bare = _bare_insert(folder.with_suffix(".db"), schema, rows)
            tables = [sql for sql in schema if sql.startswith("CREATE TABLE")]
            heap = _bare_insert(folder.with_suffix(".heap"), tables, rows)
            seconds.append(took)
            ratios.append(took / bare)
            heaps.append(took / heap)
            stalls.append(watch.worst)

    async def calls() -> None:
        for number in range(size(1, 5)):
            await call(tmp_path / f"bare{number}")

    figures.run(calls)
    name = "one call, 10,000 recipients:"
    middle = len(ratios) // 2
    figures.note(f"{name} time", sorted(seconds)[middle], "s", "<= 1.5")
    figures.note(f"{name} time / bare insert", sorted(ratios)[middle], "x", "<= 6")
    figures.note(f"{name} same, into tables without indexes", sorted(heaps)[middle], "x")
    figures.note(f"{name} longest stall", sorted(stalls)[middle] * 1000, "ms", "<= 20")
    assert sorted(ratios)[middle] <= 9
    assert sorted(stalls)[middle] <= 0.060


def _counts(database: Path) -> dict[str, int]:
    """Rows of each table before the call."""
    with closing(sqlite3.connect(database)) as connection:
        tables = [row[0] for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )]  # fmt: skip
        return {t: connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables}


def _written(database: Path, before: dict[str, int]) -> tuple[list[str], Rows]:
    """What the call wrote, table by table, and the tables and indexes it wrote to."""
    with closing(sqlite3.connect(database)) as connection:
        rows: Rows = {}
        for table, count in before.items():
            found = connection.execute(f"SELECT * FROM {table}").fetchall()
            if len(found) > count:
                rows[table] = found[count:]
        schema = [sql for name, sql in connection.execute(
            "SELECT tbl_name, sql FROM sqlite_master WHERE type IN ('table', 'index')"
            " AND sql IS NOT NULL ORDER BY type DESC"
        ) if name in rows]  # fmt: skip
    return schema, rows


def _bare_insert(path: Path, schema: list[str], rows: Rows) -> float:
    """Seconds for the same rows in one transaction: no keys made, nothing sealed or checked."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(pragma)
        connection.execute("PRAGMA foreign_keys = OFF")
        for sql in schema:
            connection.execute(sql)
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for table, values in rows.items():
            marks = ",".join("?" * len(values[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
        connection.execute("COMMIT")
        return time.perf_counter() - began
