"""A house with its real log, vault, desk and clock in hand, and a look at its raw files."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from estate_sms.audit.keys import Keys
from estate_sms.audit.log import AuditLog
from estate_sms.audit.reading import Entry, tail
from estate_sms.audit.vault import SubjectVault
from estate_sms.estate.erasure import DAY, Erasures
from estate_sms.gateway.config import Config
from estate_sms.gateway.proofs import ShredProofs
from estate_sms.gateway.sections import AuditConfig
from estate_sms.modem.pdu import segment_count
from estate_sms.policy.answers import SendAnswer
from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.desk import Desk
from estate_sms.policy.filter import WordFilter
from estate_sms.policy.hours import QuietHours
from estate_sms.policy.requests import SendRequest
from estate_sms.policy.settings import Settings
from estate_sms.queue import outcomes
from estate_sms.queue.claim import Claimer
from estate_sms.queue.inbox import InboxSink
from estate_sms.queue.intents import Sim
from estate_sms.queue.recall import Ladder
from estate_sms.queue.transmitter import Outgoing, PartResult
from estate_sms.store.ballast import Ballast
from estate_sms.store.clock import SECOND, system_clock
from estate_sms.store.store import DATABASE, Store
from estate_sms.store.unit import UnitOfWork

NUMBER = "+8613800138000"
OTHER = "+8613800138001"
THIRD = "+8613800138002"
SIM = Sim("A1", "460001234567890", can_command=False)


def raw(folder: Path) -> bytes:
    """Every byte of every file under ``folder``."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@functools.cache
def built_in_words() -> WordFilter:
    return WordFilter.from_files()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The key-encryption key lies outside the data directory, as it should."""
    kek = tmp_path / "safe" / "kek"
    kek.parent.mkdir()
    kek.write_bytes(b"\x07" * 32)
    kek.chmod(0o600)
    return Config(data_dir=str(tmp_path / "data"), audit=AuditConfig(kek_file=str(kek)))


@dataclass
class Seen:
    """A received message."""

    sender: str
    text: str
    imsi: str = SIM.imsi
    modem: str = SIM.modem
    reference: int | None = None
    total: int = 1
    seq: int = 1
    smsc_at: int | None = 1_700_000_000_000_000


@dataclass
class House:
    store: Store
    keys: Keys
    vault: SubjectVault
    log: AuditLog
    desk: Desk
    erasures: Erasures
    claimer: Claimer
    ladder: Ladder
    data_dir: Path
    forward: list[int]
    ballast: Ballast

    def later(self, days: float) -> None:
        """Let time pass."""
        self.forward[0] += int(days * DAY)

    async def send(
        self, *to: str, text: str = "停水通知", key: str | None = None, **fields: Any
    ) -> SendAnswer:
        caller: Caller = fields.pop("caller", CLI)
        purpose: str = fields.pop("purpose", "service")
        request = SendRequest(to=to, text=text, purpose=purpose, **fields)
        return await self.desk.send(caller, request, key)

    async def put_on_air(self) -> list[Outgoing]:
        """Hand every queued message over as a modem would."""
        sent: list[Outgoing] = []

        def unit(uow: UnitOfWork) -> Outgoing | None:
            intent = self.claimer.claim(uow, SIM, "any").intent
            if intent is None:
                return None
            results = [
                PartResult(attempt=a, outcome="accepted", tp_mr=a % 256, answered_at=uow.now)
                for a in intent.attempts
            ]
            outcomes.record(uow, results, self.ladder)
            assert isinstance(intent.task, Outgoing)
            return intent.task

        while (task := await self.store.write(unit)) is not None:
            sent.append(task)
        return sent

    async def receive(self, sender: str, text: str) -> None:
        await InboxSink(self.store, self.vault).inbound(
            Seen(sender, text, smsc_at=self.store.now - SECOND)
        )

    async def rows(self, sql: str, *given: object) -> list[tuple[Any, ...]]:
        return await self.store.read(lambda c: c.execute(sql, given).fetchall())

    async def records(self) -> list[Entry]:
        """The log, oldest first."""
        return (await self.store.read(lambda c: tail(c, self.keys, 10_000)))[::-1]

    def backup(self, to: Path) -> Path:
        """A copy of the database as it stands."""
        to.mkdir()
        live = sqlite3.connect(self.data_dir / DATABASE)
        copy = sqlite3.connect(to / DATABASE)
        live.backup(copy)
        live.close()
        copy.close()
        return to


@contextlib.asynccontextmanager
async def opened(config: Config, **settings: Any) -> AsyncGenerator[House]:
    """A house on ``config``'s folder."""
    forward = [0]
    data_dir = Path(config.data_dir)
    keys = Keys.load(data_dir, Path(config.audit.kek_file))
    vault = SubjectVault(keys)
    logs: list[AuditLog] = []

    def clock() -> int:
        return system_clock() + forward[0]

    def make_recorder(connection: sqlite3.Connection) -> AuditLog:
        logs.append(AuditLog.load(connection, keys, clock, vault=vault))
        return logs[0]

    store = await Store.open(data_dir, make_recorder, clock=clock)
    hours = QuietHours("", "Asia/Shanghai")
    ladder = Ladder(vault, lambda _: False, segment_count)
    above: int = settings.pop("approval_above", 1000)
    chosen = Settings(approval_above=above, **settings)
    ballast = Ballast(data_dir, 8 * 1024 * 1024)
    desk = Desk(
        store, vault, segment_count, built_in_words(), hours, chosen, ladder, clock, ballast=ballast
    )  # fmt: skip
    erasures = Erasures(store, vault, "CN", ShredProofs(store, logs[0], keys), 183)
    house = House(
        store,
        keys,
        vault,
        logs[0],
        desk,
        erasures,
        Claimer(vault, hours),
        ladder,
        data_dir,
        forward,
        ballast,
    )
    try:
        yield house
    finally:
        await store.close()


@pytest.fixture
async def house(config: Config) -> AsyncIterator[House]:
    async with opened(config) as made:
        yield made


Opener = Callable[..., contextlib.AbstractAsyncContextManager[House]]


@pytest.fixture
def open_again() -> Opener:
    return opened
