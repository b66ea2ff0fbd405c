"""The sealed log under the real store: failed units, failed seals, failed commits, crashes."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from estate_sms.audit import checkpoints
from estate_sms.audit.checkpoints import checkpoint, close_log, keep_checkpoints
from estate_sms.audit.errors import AuditDamagedError
from estate_sms.audit.exporting import export_log
from estate_sms.audit.keys import Keys
from estate_sms.audit.log import AuditLog
from estate_sms.audit.reading import Entry, tail
from estate_sms.audit.vault import SubjectVault
from estate_sms.audit.verdict import Verdict
from estate_sms.audit.verify import verify_file
from estate_sms.store.clock import SECOND, Clock, system_clock
from estate_sms.store.errors import CommitFailedError, StoreError
from estate_sms.store.events import Event, Personal
from estate_sms.store.store import DATABASE, Store
from estate_sms.store.unit import UnitOfWork

OpenStore = Any
NUMBER = "+8613800138000"


class FailingLog(AuditLog):
    """Fails after sealing, as often as told: the records are in the transaction by then."""

    failures = 0

    def seal(self, connection: sqlite3.Connection, events: Sequence[Event], now: int) -> None:
        super().seal(connection, events, now)
        if self.failures:
            self.failures -= 1
            raise OSError(5, "the seal broke")


class Bench:
    def __init__(
        self, open_store: OpenStore, data_dir: Path, keys: Keys, vault: SubjectVault
    ) -> None:
        self.open_store, self.data_dir, self.keys, self.vault = open_store, data_dir, keys, vault
        self.log: FailingLog
        self.store: Store

    async def start(self, clock: Clock = system_clock) -> Bench:
        def load(connection: sqlite3.Connection) -> AuditLog:
            log = FailingLog.load(connection, self.keys, clock, vault=self.vault)
            assert isinstance(log, FailingLog)
            self.log = log
            return log

        self.store = await self.open_store(self.data_dir, load, clock)
        return self

    async def say(self, *actions: str) -> None:
        def unit(action: str) -> Callable[[UnitOfWork], None]:
            return lambda uow: uow.record(Event(kind="send", action=action))

        await asyncio.gather(*(self.store.write(unit(action)) for action in actions))

    async def tail(self) -> list[Entry]:
        entries = await self.store.read(lambda c: tail(c, self.keys, 10**6))
        return entries[::-1]

    async def actions(self) -> list[str]:
        return [entry.action for entry in await self.tail() if entry.kind == "send"]

    async def verdict(self) -> Verdict:
        path = self.data_dir / "out.esab"
        await export_log(self.store, self.log, self.keys, self.data_dir / DATABASE, path)
        return verify_file(path)

    async def until_signed(self) -> None:
        for _ in range(2000):
            if not self.log.unsigned:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("no checkpoint was signed")

    async def stop(self) -> None:
        await close_log(self.store, self.log)
        await self.store.close()


@pytest.fixture
async def bench(open_store: OpenStore, data_dir: Path, keys: Keys, vault: SubjectVault) -> Bench:
    return await Bench(open_store, data_dir, keys, vault).start()


async def test_a_failed_unit_leaves_no_record(bench: Bench) -> None:
    def fails(uow: UnitOfWork) -> None:
        uow.record(Event(kind="send", action="never"))
        raise RuntimeError("no")

    results = await asyncio.gather(
        bench.say("one"), bench.store.write(fails), bench.say("two"), return_exceptions=True
    )
    assert [type(r) for r in results] == [type(None), RuntimeError, type(None)]
    assert await bench.actions() == ["one", "two"]
    assert (await bench.verdict()).outcome == "VALID-UNANCHORED"


async def test_a_failed_seal_fails_its_group_and_the_log_goes_on(bench: Bench) -> None:
    await bench.say("before")
    bench.log.failures = 1
    with pytest.raises(CommitFailedError):
        await bench.say("lost")
    await bench.say("after")
    assert await bench.actions() == ["before", "after"]
    verdict = await bench.verdict()
    assert verdict.outcome == "VALID-UNANCHORED"
    assert verdict.epochs == 2


async def test_a_failed_commit_fails_its_group_and_the_log_goes_on(bench: Bench) -> None:
    """A deferred foreign key fails at COMMIT itself, after sealing."""

    def breaks_at_commit(uow: UnitOfWork) -> None:
        uow.execute("PRAGMA defer_foreign_keys = ON")
        uow.execute(
            "INSERT INTO audit_checkpoint (size, epoch, note, nodes, at) VALUES (999, 99, x'', x'', 0)"
        )
        uow.record(Event(kind="send", action="lost"))

    await bench.say("before")
    with pytest.raises(StoreError):
        await bench.store.write(breaks_at_commit)
    await bench.say("after")
    assert await bench.actions() == ["before", "after"]
    assert (await bench.verdict()).outcome == "VALID-UNANCHORED"


async def test_a_failed_checkpoint_is_signed_the_next_time(bench: Bench) -> None:
    await bench.say("one")
    bench.log.failures = 1
    results = await asyncio.gather(
        bench.store.write(bench.log.write_checkpoint),
        bench.store.write(lambda uow: uow.record(Event(kind="send", action="lost"))),
        return_exceptions=True,
    )
    assert all(isinstance(result, StoreError) for result in results)
    await bench.say("two")
    await checkpoint(bench.store, bench.log)
    assert bench.log.unsigned == 0
    assert (await bench.verdict()).outcome == "VALID-UNANCHORED"


async def test_an_orderly_end_and_a_next_start(bench: Bench) -> None:
    await bench.say("one")
    await bench.stop()
    await bench.start()
    kinds = [entry.action for entry in await bench.tail()]
    assert kinds == [
        "epoch.open", "sys.start", "one", "sys.stop", "epoch.close", "epoch.open", "sys.start",
    ]  # fmt: skip
    assert (await bench.verdict()).outcome == "VALID-UNANCHORED"


async def test_the_export_proves_its_own_making(bench: Bench) -> None:
    verdict = await bench.verdict()
    last = (await bench.tail())[-1]
    assert (last.kind, last.action, last.seq) == ("export", "audit.export", verdict.last)


async def test_checkpoints_are_kept_while_the_log_grows(bench: Bench) -> None:
    task = asyncio.create_task(
        keep_checkpoints(bench.store, bench.log, records=5, seconds=3600, poll=0.01)
    )
    await bench.say(*("x" for _ in range(4)))
    assert bench.log.unsigned == 4
    await bench.say("y")
    await bench.until_signed()
    task.cancel()
    patient = asyncio.create_task(
        keep_checkpoints(bench.store, bench.log, records=1000, seconds=0.0, poll=0.01)
    )
    await bench.say("z")
    await bench.until_signed()
    patient.cancel()
    assert checkpoints.RECORDS == 1000
    assert checkpoints.SECONDS == 60.0


async def test_the_checkpoint_task_outlives_a_store_that_cannot_write(bench: Bench) -> None:
    await bench.say("one")
    bench.log.failures = 1
    task = asyncio.create_task(
        keep_checkpoints(bench.store, bench.log, records=1, seconds=0, poll=0.005)
    )
    with pytest.raises(CommitFailedError):
        await bench.say("lost")
    await bench.say("two")
    await bench.until_signed()
    assert not task.done()
    task.cancel()


async def test_a_quiet_day_ends_at_midnight(
    open_store: OpenStore, data_dir: Path, keys: Keys, vault: SubjectVault
) -> None:
    days = 0

    def clock() -> int:
        return system_clock() + days * 86_400 * SECOND

    bench = Bench(open_store, data_dir, keys, vault)
    await bench.start(clock)
    task = asyncio.create_task(
        keep_checkpoints(bench.store, bench.log, records=1, seconds=0, poll=0.005)
    )
    for days in (1, 2):
        for _ in range(2000):
            if len([e for e in await bench.tail() if e.action == "sys.day"]) == days:
                break
            await asyncio.sleep(0.01)
    task.cancel()
    assert [e.epoch for e in await bench.tail() if e.action == "epoch.close"] == [1, 2]
    assert (await bench.verdict()).outcome == "VALID-UNANCHORED"


async def test_damage_stops_the_start_and_nothing_stays_locked(bench: Bench) -> None:
    await bench.say("one")
    await bench.stop()
    connection = sqlite3.connect(bench.data_dir / DATABASE)
    connection.execute("DROP TRIGGER audit_record_stays")
    connection.execute("DELETE FROM audit_record WHERE seq = 4")
    connection.commit()
    connection.close()
    with pytest.raises(AuditDamagedError) as caught:
        await bench.start()
    assert caught.value.sequence == 4
    with pytest.raises(AuditDamagedError):
        await bench.start()


async def test_no_number_reaches_the_file_in_the_clear(bench: Bench) -> None:
    def unit(uow: UnitOfWork) -> None:
        subject = bench.vault.subject(uow, NUMBER)
        uow.record(Event(kind="send", action="sent", personal={"to": Personal(subject, NUMBER)}))

    await bench.store.write(unit)
    verdict = await bench.verdict()
    assert verdict.outcome == "VALID-UNANCHORED"
    for path in bench.data_dir.iterdir():
        assert b"13800138000" not in path.read_bytes()


CHILD = """
import asyncio, sys
from pathlib import Path
from estate_sms.audit.checkpoints import checkpoint
from estate_sms.audit.keys import Keys
from estate_sms.audit.log import AuditLog
from estate_sms.store.clock import system_clock
from estate_sms.store.events import Event
from estate_sms.store.store import Store

async def main():
    data_dir = Path(sys.argv[1])
    keys = Keys.load(data_dir)
    logs = []
    def load(connection):
        logs.append(AuditLog.load(connection, keys, system_clock))
        return logs[0]
    store = await Store.open(data_dir, load)
    n = 0
    while True:
        await asyncio.gather(*(store.write(
            lambda uow: uow.record(Event(kind="send", action="child"))) for _ in range(7)))
        n += 7
        print(n, flush=True)
        await checkpoint(store, logs[0])

asyncio.run(main())
"""


def _run_and_kill(data_dir: Path, round_: int) -> int:
    """Start a writer, kill -9 it somewhere; how many of its records were acknowledged."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(data_dir)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    acknowledged = 0
    for lines, line in enumerate(child.stdout):
        acknowledged = int(line)
        if lines == round_ * 3:
            time.sleep(round_ * 0.0007)
            os.kill(child.pid, signal.SIGKILL)
        # What was printed before the end counts too.
    child.wait()
    child.stdout.close()
    return acknowledged


async def test_t17_killed_at_any_moment_the_log_goes_on(
    open_store: OpenStore, data_dir: Path, keys: Keys, vault: SubjectVault
) -> None:
    """kill -9 between a commit and its checkpoint, or anywhere; what was acknowledged is there."""
    acknowledged = sum(_run_and_kill(data_dir, round_) for round_ in range(5))
    bench = await Bench(open_store, data_dir, keys, vault).start()
    entries = [entry for entry in await bench.tail() if entry.action == "child"]
    assert len(entries) >= acknowledged > 0
    verdict = await bench.verdict()
    assert verdict.outcome == "VALID-UNANCHORED", verdict
    assert verdict.epochs == 6
