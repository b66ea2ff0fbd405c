"""What the sealed log costs: a message, a record, the disk, an export of a year, its verification."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from estate_sms.audit.export import export
from estate_sms.audit.keys import Keys
from estate_sms.audit.log import AuditLog
from estate_sms.audit.vault import SubjectVault
from estate_sms.audit.verify import verify_file
from estate_sms.store import connection as store_connection
from estate_sms.store.clock import SECOND
from estate_sms.store.events import Event
from estate_sms.store.migrate import migrate
from estate_sms.store.unit import UnitOfWork

PRAGMAS = store_connection._WRITER_PRAGMAS  # pyright: ignore[reportPrivateUsage] - the same for both
YEAR = 3_000 * 30 * 6
"""Records of a year: 3,000 households, 30 notices, six records each."""
NOON = 1_800_000_000 * SECOND


class Year:
    """A log that fills as a year would: groups, checkpoints, a day every so many records."""

    def __init__(self, folder: Path) -> None:
        self.keys = Keys.load(folder)
        self.path = folder / "log.db"
        self.now = NOON
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        for pragma in PRAGMAS:
            self.connection.execute(pragma)
        migrate(self.connection)
        self.log = AuditLog.load(
            self.connection, self.keys, lambda: self.now,
            vault=SubjectVault(self.keys), boottime=lambda: self.now - NOON,
        )  # fmt: skip

    def group(self, events: list[Event]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.log.seal(self.connection, events, self.now)
        self.connection.execute("COMMIT")
        self.log.committed()

    def sign(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.log.write_checkpoint(UnitOfWork(self.connection, self.now))
        self.connection.execute("COMMIT")

    def fill(self, records: int) -> None:
        events = _events(64)
        self.connection.execute("PRAGMA synchronous = OFF")  # not what is measured here
        for number in range(records // 64):
            self.now += 86_400 * 365 * SECOND * 64 // YEAR
            self.group(events)
            if number % 16 == 15:
                self.sign()
        self.sign()


def _events(count: int) -> list[Event]:
    return [
        Event(
            kind="send", action="message.submitted", object=f"m01jd{n:017d}",
details={"part": "1", "batch": "b01jd0000000000000000", "tp_mr": n % 256},
        )
        for n in range(count)
    ]  # fmt: skip


def _cpu(work: Callable[[], object]) -> float:
    """Seconds of this process's CPU."""
    began = time.process_time()
    work()
    return time.process_time() - began


@pytest.fixture
def year(tmp_path: Path) -> Year:
    return Year(tmp_path)


def test_disk_a_record(figures: Any, year: Year) -> None:
    """What goes to the write-ahead log, pages written again included: what wears a card."""
    year.connection.execute("PRAGMA wal_autocheckpoint = 0")
    year.group(_events(64 * 20))
    wal = year.path.with_name("log.db-wal")

    def work() -> None:
        for group in (1, 24, 64):
            before = wal.stat().st_size
            events = _events(group)
            for _ in range(2_400 // group):
                year.group(events)
            octets = (wal.stat().st_size - before) / (2_400 // group * group)
            target = "<= 1024" if group >= 24 else ""
            figures.note(f"audit: octets to disk a record, groups of {group}", octets, "", target)
            if group >= 24:
                assert octets <= 1024

    figures.once(work)


def test_sealing_and_verification(
    figures: Any, year: Year, size: Callable[[int, int], int]
) -> None:
    records = size(20_000, 100_000)
    sealing = _cpu(lambda: year.fill(records))
    figures.note(
        "audit: sealed and inserted, groups of 64",
        records / sealing,
        "records/s of CPU",
        ">= 50000",
    )
    path = year.path.with_name("out.esab")
    making = _cpu(lambda: export(year.connection, year.keys, path))
    figures.note("audit: exported", records / making, "records/s of CPU")
    seconds = figures.once(lambda: _cpu(lambda: _verified(path)))
    figures.note(
        "audit: verified, bodies opened", records / seconds, "records/s of CPU", ">= 50000"
    )
    assert records / sealing >= 15_000
    assert records / seconds >= 15_000


def _verified(path: Path) -> None:
    assert verify_file(path).outcome == "VALID-UNANCHORED"


PROGRAM = """
import json, sqlite3, sys, time
from pathlib import Path
from estate_sms.audit.export import export
from estate_sms.audit.keys import Keys
from estate_sms.audit.verify import verify_file
folder, out = Path(sys.argv[1]), Path(sys.argv[2])
def peak():
    # Not ru_maxrss: a child inherits its parent's across fork and exec.
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
begin = time.perf_counter()
if sys.argv[3] == "export":
    connection = sqlite3.connect(folder / "log.db", isolation_level=None)
    export(connection, Keys.load(folder), out)
else:
    assert verify_file(out).outcome == "VALID-UNANCHORED"
print(json.dumps([time.perf_counter() - begin, peak()]))
"""


def test_a_year_exported_and_verified(
    figures: Any, year: Year, size: Callable[[int, int], int]
) -> None:
    records = size(20_000, YEAR)
    year.fill(records)
    year.connection.close()
    out = year.path.with_name("year.esab")

    def run(what: str) -> tuple[float, float]:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(year.path.parent), str(out), what],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        seconds, peak = json.loads(done.stdout)
        return seconds, peak

    def both() -> None:
        name = f"audit: {records} records"
        seconds, peak = run("export")
        figures.note(f"{name} exported in", seconds, "s", "<= 60")
        figures.note(f"{name} export, memory", peak, "MB", "<= 200")
        figures.note(f"{name} file", out.stat().st_size / 1e6, "MB")
        assert peak <= 200
        seconds, peak = run("verify")
        figures.note(f"{name} verified in", seconds, "s")
        figures.note(f"{name} verify, memory", peak, "MB", "<= 200")
        assert peak <= 200

    figures.once(both)


def _drop(*_: object) -> None:
    """Seals nothing."""


def test_cpu_of_a_message_with_and_without_the_log(
    figures: Any,
    open_bench: Any,
    numbers: Callable[[int], list[str]],
    size: Callable[[int, int], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    count = size(300, 2_000)

    async def cpu() -> float:
        async with open_bench(8, 0.05) as bench:
            began = time.process_time()
            await bench.send(numbers(count))
            await bench.all_delivered(count)
            return (time.process_time() - began) / count * 1000

    async def pairs() -> tuple[list[float], list[float]]:
        sealed: list[float] = []
        bare: list[float] = []
        for _ in range(size(1, 2)):
            sealed.append(await cpu())
            with monkeypatch.context() as patch:
                patch.setattr(AuditLog, "seal", _drop)
                bare.append(await cpu())
        return sealed, bare

    sealed, bare = figures.run(pairs)
    ratio = min(sealed) / min(bare)
    figures.note("audit: CPU a message with the log", min(sealed), "ms")
    figures.note("audit: same with a recorder that drops everything", min(bare), "ms")
    figures.note("audit: ratio", ratio, "x", "<= 1.3")
    assert ratio <= 1.6
