"""A scripted modem on a real pty, the emulated bank, and a listener that lets tests await what it hears."""

from __future__ import annotations

import asyncio
import os
import select
import threading
import time
import tty
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from estate_sms.modem.bank import Bank
from estate_sms.modem.config import ModemConfig
from estate_sms.modem.emulator.bank import EmulatedBank
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.listener import ModemReady, SeenInbound, SeenReport
from estate_sms.modem.state import Backoff, ModemStatus
from estate_sms.queue.transmitter import Outgoing, PartResult

NUMBER = "+8613800138000"
NOTICE = "停水通知：今晚八点至明早六点停水。"
LONG = NOTICE * 10  # 170 characters: three segments

Act = bytes | float | Callable[[], None]
"""What the peer does: write, wait, or anything."""
Script = Callable[[str], list[Act]]


class Peer:
    """Answers each command line or Ctrl-Z payload as ``script`` says; keeps all it received."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.received: list[str] = []
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        self._slave: int | None = slave
        self._stop, self._stopper = os.pipe()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Close both our ends: the driver sees the line hang up."""
        self._let_go()
        master, self.master = self.master, -1
        os.close(master)

    def say(self, data: bytes) -> None:
        os.write(self.master, data)

    def close(self) -> None:
        os.close(self._stopper)
        self._thread.join()
        self._let_go()
        if self.master >= 0:
            os.close(self.master)
        os.close(self._stop)

    def _let_go(self) -> None:
        if self._slave is not None:
            os.close(self._slave)
            self._slave = None

    def _run(self) -> None:
        buffer = b""
        while self.master >= 0:
            ready, _, _ = select.select([self.master, self._stop], [], [])
            if self._stop in ready:
                return
            buffer += os.read(self.master, 4096)
            while (end := _end(buffer)) >= 0:
                item, buffer = buffer[: end + 1], buffer[end + 1 :]
                text = item.decode("latin-1")
                self.received.append(text)
                for act in self.script(text.rstrip("\r")):
                    self._do(act)

    def _do(self, act: Act) -> None:
        if isinstance(act, bytes):
            self.say(act)
        elif callable(act):
            act()
        else:
            time.sleep(act)


def _end(buffer: bytes) -> int:
    ends = [buffer.find(end) for end in (b"\r", b"\x1a", b"\x1b")]
    return min((end for end in ends if end >= 0), default=-1)


def polite(text: str) -> list[Act]:
    """A modem that does everything right at once."""
    match text:
        case "\x1b" | "":
            return []
        case "AT+CMGF?":
            return [b"\r\n+CMGF: 0\r\n\r\nOK\r\n"]
        case "AT+CSQ":
            return [b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n"]
        case _ if text.startswith(("AT+CMGS=", "AT+CMGC=")) and not text.endswith("?"):
            return [b"\r\n> "]
        case _ if text.endswith("\x1a"):
            return [b"\r\n+CMGS: 7\r\n\r\nOK\r\n"]
        case _:
            return [b"\r\nOK\r\n"]


class PeerFactory(Protocol):
    def __call__(self, script: Script = polite) -> Peer: ...


@pytest.fixture
def make_peer() -> Iterator[PeerFactory]:
    peers: list[Peer] = []

    def make(script: Script = polite) -> Peer:
        peers.append(Peer(script))
        return peers[-1]

    yield make
    for peer in peers:
        peer.close()


class Ear:
    """A BankListener that remembers, and wakes whoever awaits a condition."""

    def __init__(self) -> None:
        self.ready: dict[str, ModemReady] = {}
        self.lost: list[tuple[str, str]] = []
        self.changes: list[ModemStatus] = []
        self.late: list[tuple[int, int]] = []
        self.reports: list[SeenReport] = []
        self.messages: list[SeenInbound] = []
        self.refuse = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(lambda: bool(condition()))

    def modem_ready(self, ready: ModemReady) -> None:
        self.ready[ready.label] = ready
        self._ring()

    def modem_lost(self, label: str, reason: str) -> None:
        self.ready.pop(label, None)
        self.lost.append((label, reason))
        self._ring()

    def modem_changed(self, status: ModemStatus) -> None:
        self.changes.append(status)
        self._ring()

    def late_reference(self, attempt: int, tp_mr: int) -> None:
        self.late.append((attempt, tp_mr))
        self._ring()

    async def status_report(self, report: SeenReport) -> None:
        self.reports.append(report)
        self._ring()
        await self.gate.wait()

    async def inbound(self, inbound: SeenInbound) -> None:
        self.messages.append(inbound)
        self._ring()
        await self.gate.wait()
        if self.refuse:
            self.refuse -= 1
            raise OSError("no space left")

    def _ring(self) -> None:
        task = asyncio.ensure_future(self._notify())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()


class Ring:
    """A HandOver that remembers."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.answers: list[tuple[int, int]] = []
        self._event = threading.Event()

    async def until_begun(self) -> None:
        assert await asyncio.to_thread(self._event.wait, 20)

    def may_begin(self) -> bool:
        return True

    def begin(self, attempt: int) -> None:
        self.begun.append(attempt)
        self._event.set()

    def answered(self, attempt: int, tp_mr: int) -> None:
        self.answers.append((attempt, tp_mr))


@pytest.fixture
def ring() -> Ring:
    return Ring()


@pytest.fixture
async def ear() -> Ear:
    return Ear()


class OpenBank(Protocol):
    async def __call__(self, *ports: str, **options: float) -> Bank[PartResult]: ...


class Emulate(Protocol):
    def __call__(self, count: int = 1, settings: Settings | None = None) -> EmulatedBank: ...


@pytest.fixture
def emulate(tmp_path: Path) -> Iterator[Emulate]:
    running: list[EmulatedBank] = []

    def run(count: int = 1, settings: Settings | None = None) -> EmulatedBank:
        bank = EmulatedBank(
            count,
            tmp_path / f"emulated{len(running)}",
            settings or Settings.fixed(0.01, report=0.02),
        )
        running.append(bank.__enter__())
        return bank

    yield run
    for bank in running:
        bank.__exit__(None, None, None)


@pytest.fixture
async def open_bank(ear: Ear) -> AsyncIterator[OpenBank]:
    banks: list[Bank[PartResult]] = []

    async def start(*ports: str, **options: float) -> Bank[PartResult]:
        patience = {"submit_timeout": 5.0, "probe_timeout": 0.2, "late_timeout": 5.0} | options
        configs = [
            ModemConfig(port=port, label=f"m{index}", **patience)  # type: ignore[arg-type]  # floats
            for index, port in enumerate(ports)
        ]
        bank = Bank(configs, ear, PartResult, backoff=Backoff(first=0.05, ceiling=0.2))
        banks.append(bank)
        await bank.start()
        return bank

    yield start
    for bank in banks:
        await bank.stop(0)


def outgoing(text: str = NOTICE, *, total: int = 1, first: int = 1) -> Outgoing:
    return Outgoing(
        number=NUMBER,
        text=text,
        total=total,
        seqs=tuple(range(1, total + 1)),
        attempts=tuple(range(first, first + total)),
        concat_ref=42,
    )


def plain(results: list[PartResult] | tuple[PartResult, ...]) -> list[tuple[str, str]]:
    return [(result.outcome, result.cause) for result in results]
