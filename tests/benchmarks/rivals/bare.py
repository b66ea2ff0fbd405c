"""The yardstick: the same PDUs through pyserial, a thread a modem, no store and no reports."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import ExitStack
from math import ceil
from pathlib import Path
from typing import Any

import serial

from estate_sms.modem.emulator.airlog import Aired, read_air_log
from estate_sms.modem.emulator.process import spawn_bank
from estate_sms.modem.emulator.settings import Settings


def send_bare(folder: Path, pdus: Sequence[str], modems: int, submit: float) -> list[Aired]:
    """Everything that went on the air, once each of ``pdus`` was taken."""
    waiting = deque(pdus)
    with ExitStack() as stack:
        bank = stack.enter_context(spawn_bank(modems, folder, Settings.fixed(submit)))
        opened = [stack.enter_context(_open(port)) for port in bank.ports]
        threads = [threading.Thread(target=_send_all, args=(port, waiting)) for port in opened]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        aired = read_air_log(bank.air_log)
    assert Counter(a.pdu for a in aired) == Counter(pdus)
    return aired


def bare_ratio(folder: Path, pdus: Sequence[str], modems: int, submit: float) -> float:
    """Makespan of ``pdus`` over the bound."""
    aired = send_bare(folder, pdus, modems, submit)
    taken = [o.monotonic for a in aired for o in a.outcomes if o.result == "accepted"]
    return (max(taken) - aired[0].monotonic) / (ceil(len(pdus) / modems) * submit)


def _open(port: str) -> Any:
    opened: Any = serial.serial_for_url(port, timeout=30)
    for command in (b"ATE0\r", b"AT+CMGF=0\r"):
        opened.write(command)
        opened.read_until(b"OK\r\n")
    return opened


def _send_all(port: Any, waiting: deque[str]) -> None:
    while True:
        try:
            pdu = waiting.popleft()
        except IndexError:
            return
        port.write(b"AT+CMGS=%d\r" % (len(pdu) // 2 - 1))
        port.read_until(b"> ")
        port.write(pdu.encode() + b"\x1a")
        port.read_until(b"OK\r\n")
