"""Devices with several ttys that vanish, come back under other names, lose power, swap SIMs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol, cast

import pytest
import serial

from estate_sms.modem.emulator.bank import EmulatedBank
from estate_sms.modem.emulator.control import ModemStatus
from estate_sms.modem.emulator.faults import Fault
from estate_sms.modem.emulator.persona import PERSONAS
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.emulator.timing import Delay, Timing

TIMING = Timing(submit=Delay(0.02), report=Delay(0.02), boot=Delay(0.1))
MIXED = ("quectel-ec25", "simcom-sim7600", "siemens-tc35")


class Port(Protocol):
    def read_until(self, expected: bytes) -> bytes: ...
    def read(self, size: int) -> bytes: ...
    def write(self, data: bytes) -> int | None: ...
    def close(self) -> None: ...


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[EmulatedBank]:
    with EmulatedBank(3, tmp_path, Settings(timing=TIMING, personas=MIXED)) as bank:
        yield bank


def _open(path: str, timeout: float = 10.0) -> Port:
    return cast(Port, serial.serial_for_url(path, timeout=timeout))


def _ask(path: str, command: str) -> bytes:
    with closing(_open(path)) as port:
        port.write(f"ATE0\r{command}\r".encode())
        port.read_until(b"OK\r")
        return port.read_until(b"OK\r")


def _until(bank: EmulatedBank, modem: int, ready: Callable[[ModemStatus], bool]) -> ModemStatus:
    while not ready(found := bank.control.status().modems[modem]):
        pass
    return found


def test_the_ttys_of_each_make(bank: EmulatedBank) -> None:
    quectel, simcom, siemens = bank.control.status().modems
    assert [one.persona for one in (quectel, simcom, siemens)] == list(MIXED)
    assert set(quectel.ttys) == {"diag", "nmea", "at2"}
    assert set(simcom.ttys) == {"diag", "nmea", "at2", "data"}
    assert siemens.ttys == {}
    assert quectel.ttys["at2"] == f"{quectel.port}.if03"
    assert b"EC25" in _ask(quectel.port, "AT+CGMM")
    assert quectel.imei.encode() in _ask(quectel.ttys["at2"], "AT+CGSN")


def test_a_data_port_is_silent_and_a_diagnostic_port_counts(bank: EmulatedBank) -> None:
    ttys = bank.control.status().modems[1].ttys
    for role in ("data", "diag"):
        with closing(_open(ttys[role], timeout=0.05)) as port:
            port.write(b"AT\r")
            assert port.read(1) == b""
    assert _until(bank, 1, lambda one: one.misused > 0).misused == 3


def test_all_ports_come_back_under_other_names(bank: EmulatedBank) -> None:
    before = bank.control.status().modems[0]
    with closing(_open(before.port)) as port:
        bank.control.fault(0, Fault("renumber", seconds=0.05))
        with pytest.raises(serial.SerialException):
            port.read(1)
    after = _until(bank, 0, lambda one: one.state == "on")
    assert after.port != before.port
    assert not set(after.ttys.values()) & set(before.ttys.values())
    gone = (before.port, *before.ttys.values())
    assert not any(Path(path).is_symlink() for path in gone)
    assert after.imei.encode() in _ask(after.port, "AT+CGSN")
    assert after.imei.encode() in _ask(after.ttys["at2"], "AT+CGSN")
    assert (after.imei, after.imsi) == (before.imei, before.imsi)


def test_a_restart_takes_the_ports_away_for_a_while(bank: EmulatedBank) -> None:
    with closing(_open(bank.ports[0])) as port:
        port.write(b"AT+CFUN=1,1\r")
        with pytest.raises(serial.SerialException):
            port.read(1000)
    _until(bank, 0, lambda one: one.state == "on")
    assert b"EC25" in _ask(bank.ports[0], "AT+CGMM")


def test_a_power_cycle_ends_what_nothing_else_does(bank: EmulatedBank) -> None:
    bank.control.fault(2, "hang")
    bank.control.power_cycle(2, 0.05)
    _until(bank, 2, lambda one: one.state == "on")
    assert b"TC35i" in _ask(bank.ports[2], "AT+CGMM")


def test_another_sim_and_a_call(bank: EmulatedBank) -> None:
    before = bank.control.status().modems[0]
    bank.control.fault(0, "sim_swap")
    after = bank.control.status().modems[0]
    assert after.imei == before.imei
    assert (after.imsi, after.iccid) != (before.imsi, before.iccid)
    bank.control.ring(0, "+8613800138001")
    assert bank.control.status().modems[0].call == "ringing"
    _ask(bank.ports[0], "ATH")
    assert bank.control.status().modems[0].calls_refused == 1


def test_a_big_mixed_bank_leaves_nothing_behind(tmp_path: Path) -> None:
    open_before = len(os.listdir("/proc/self/fd"))
    settings = Settings(timing=TIMING, personas=tuple(PERSONAS))
    with EmulatedBank(32, tmp_path, settings) as bank:
        assert len(bank.control.status().modems) == 32
        bank.control.fault(None, "renumber")
    assert [entry.name for entry in tmp_path.iterdir()] == ["air.jsonl"]
    assert len(os.listdir("/proc/self/fd")) == open_before


def test_no_other_ttys_over_tcp(tmp_path: Path) -> None:
    settings = Settings(timing=TIMING, persona="quectel-ec25", tcp=True)
    with EmulatedBank(1, tmp_path, settings) as bank:
        assert bank.control.status().modems[0].ttys == {}
