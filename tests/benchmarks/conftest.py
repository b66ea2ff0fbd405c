"""A real gateway on an emulated bank without HTTP, and a list of figures with their targets.

Sizes are short unless ``ESTATE_SMS_BENCH=full``. What is asserted is looser than the target printed
beside the figure: two busy cores must not fail a change that is none of theirs.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from estate_sms.gateway.app import running
from estate_sms.gateway.bank import Ports, ports
from estate_sms.gateway.config import Config
from estate_sms.gateway.house import open_house
from estate_sms.gateway.sections import PolicyConfig
from estate_sms.gateway.wiring import Gateway
from estate_sms.modem.emulator.airlog import AIR_LOG, Aired, read_air_log
from estate_sms.modem.emulator.settings import Settings
from estate_sms.policy.answers import SendAnswer
from estate_sms.policy.callers import CLI
from estate_sms.policy.requests import SendRequest

T = TypeVar("T")

FULL = os.environ.get("ESTATE_SMS_BENCH") == "full"
NOTICE = "今日9:00至15:00停水，请提前储水。详询物业。"
_lines: list[tuple[str, str, str]] = []


@dataclass(frozen=True, slots=True)
class Bench:
    """A running gateway, who asks it, and the witness of what it sent."""

    gateway: Gateway
    air_log: Path

    async def ready(self, modems: int) -> None:
        """Wait until every modem takes work."""
        async with asyncio.timeout(30):
            while sum(s.state == "ready" for s in self.gateway.bank.statuses()) < modems:  # noqa: ASYNC110 - cheap
                await asyncio.sleep(0.01)

    async def send(self, numbers: list[str], **fields: Any) -> SendAnswer:
        """One call of the desk."""
        asked: dict[str, Any] = {"text": NOTICE, "purpose": "service", **fields}
        return await self.gateway.desk.send(CLI, SendRequest(to=numbers, **asked))

    async def states(self) -> dict[str, int]:
        """Messages by state."""
        sql = "SELECT state, count(*) FROM message GROUP BY state"
        rows = await self.gateway.house.store.read(lambda c: c.execute(sql).fetchall())
        return dict(rows)

    async def waiting(self) -> int:
        """Messages that no modem took yet."""
        sql = (
            "SELECT count(*) FROM message WHERE state = 'queued' AND state IN"
            " ('held', 'scheduled', 'queued', 'submitting', 'in_doubt')"
        )
        return int(await self.gateway.house.store.read(lambda c: c.execute(sql).fetchone()[0]))

    async def all_delivered(self, count: int) -> None:
        """Wait until every message is."""
        async with asyncio.timeout(100):
            while (await self.states()).get("delivered", 0) < count:  # noqa: ASYNC110 - cheap
                await asyncio.sleep(0.2)

    def aired(self) -> list[Aired]:
        """Everything that went on the air so far."""
        return read_air_log(self.air_log)


class Figures:
    """Notes what was measured: into pytest-benchmark's record, and for the table at the end."""

    def __init__(self, benchmark: Any) -> None:
        self._benchmark = benchmark

    def note(self, name: str, value: float, unit: str = "", target: str = "") -> None:
        self._benchmark.extra_info[name] = value
        _lines.append((name, f"{value:.4g} {unit}".strip(), target))

    def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """``asyncio.run`` once under the clock of pytest-benchmark."""
        return self.once(lambda: asyncio.run(work()))

    def once(self, work: Callable[[], T]) -> T:
        """Call ``work`` once under the clock of pytest-benchmark."""
        result: T = self._benchmark.pedantic(work, rounds=1)
        return result


@pytest.fixture
def figures(benchmark: Any) -> Figures:
    return Figures(benchmark)


@pytest.fixture
def size() -> Callable[[int, int], int]:
    """The short or the full size."""
    return lambda short, full: full if FULL else short


@pytest.fixture
def numbers() -> Callable[[int], list[str]]:
    """That many different mobile numbers."""
    return lambda count: [f"+86138{i:08d}" for i in range(count)]


@pytest.fixture
def open_bench(tmp_path: Path) -> Callable[..., Any]:
    """Opens a :class:`Bench` of so many modems at so many seconds a submit; 0 modems: none."""
    opened = 0

    @asynccontextmanager
    async def start(modems: int, submit: float = 0.05) -> AsyncGenerator[Bench]:
        nonlocal opened
        opened += 1
        data_dir = tmp_path / f"data{opened}"
        policy = PolicyConfig(approval_above=10**6, quiet_hours="")
        config = Config(data_dir=str(data_dir), policy=policy)
        async with open_house(config) as house:
            if not modems:
                async with running(config, house, Ports((), {})) as gateway:
                    yield Bench(gateway, data_dir)
                return
            settings = Settings.fixed(submit)
            async with (
                ports(config, modems, settings) as found,
                running(config, house, found) as gateway,
            ):
                bench = Bench(gateway, data_dir / "emulator" / AIR_LOG)
                await bench.ready(modems)
                yield bench

    return start


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """Let the disk and the processors come to rest between two measurements."""
    os.sync()
    time.sleep(0.2)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The figures of this run, each beside its target."""
    if not _lines:
        return
    terminalreporter.section("figures")
    width = max(len(name) for name, _, _ in _lines)
    for name, value, target in _lines:
        terminalreporter.line(f"{name:<{width}}  {value:<12}  {target}".rstrip())
