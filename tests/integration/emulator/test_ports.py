"""Drivers on real ports: ptys and TCP, through pyserial."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol, cast

import pytest
import serial

from estate_sms.modem.emulator.airlog import read_air_log
from estate_sms.modem.emulator.bank import EmulatedBank
from estate_sms.modem.emulator.control import Inbound, Request
from estate_sms.modem.emulator.errors import ControlError
from estate_sms.modem.emulator.faults import Fault
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.pdu.deliver import decode_deliver
from estate_sms.modem.pdu.status_report import decode_status_report
from estate_sms.modem.pdu.submit import Submit, encode_submit

NOTICE = encode_submit(Submit("+8613800138000", "停水通知"))
OK = b"\r\nOK\r\n"


class Port(Protocol):
    """What pyserial gives, whatever the URL; its own stubs leave reading and writing out."""

    def read(self, size: int) -> bytes: ...
    def read_until(self, expected: bytes) -> bytes: ...
    def write(self, data: bytes) -> int | None: ...
    def reset_input_buffer(self) -> None: ...
    def close(self) -> None: ...


FAST = Settings.fixed(0.02, report=0.02)


@pytest.fixture(params=["pty", "tcp"])
def bank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EmulatedBank]:
    settings = Settings(timing=FAST.timing, tcp=request.param == "tcp")
    with EmulatedBank(2, tmp_path, settings) as bank:
        yield bank


@pytest.fixture
def ptys(tmp_path: Path) -> Iterator[EmulatedBank]:
    with EmulatedBank(2, tmp_path, FAST) as bank:
        yield bank


def _open(bank: EmulatedBank, modem: int = 0) -> Port:
    port = cast(Port, serial.serial_for_url(bank.ports[modem], baudrate=115200, timeout=10))
    port.write(b"\x1b\rATE0\r")
    assert port.read_until(OK).endswith(OK)
    _ask(port, b"AT+CNMI=2,1,0,1,0")
    return port


def _ask(port: Port, command: bytes) -> bytes:
    port.write(command + b"\r")
    return port.read_until(OK)


def _begin(port: Port) -> None:
    port.write(f"AT+CMGS={NOTICE.length}\r".encode())
    assert port.read_until(b"> ") == b"\r\n> "


def _finish(port: Port) -> bytes:
    port.write(NOTICE.hex.encode() + b"\x1a")
    return port.read_until(OK)


def _line(port: Port, start: bytes) -> bytes:
    """The rest of the next line beginning with ``start``."""
    port.read_until(start)
    return port.read_until(b"\r\n")[:-2]


def test_send_report_and_inbound(bank: EmulatedBank) -> None:
    with closing(_open(bank)) as port:
        _begin(port)
        answer = _finish(port)
        [aired] = read_air_log(bank.air_log)
        assert answer == f"\r\n+CMGS: {aired.mr}\r\n\r\nOK\r\n".encode()
        _line(port, b"+CDS: ")
        report = decode_status_report(port.read_until(b"\r\n").strip().decode())
        assert (report.tp_mr, report.status) == (aired.mr, 0)
        bank.control.inbound(0, "+8613800138001", "退订")
        assert _line(port, b"+CMTI: ") == b'"SM",1'
        pdu = _ask(port, b"AT+CMGR=1").split(b"\r\n")[2].decode()
        assert decode_deliver(pdu).text == "退订"


def test_a_driver_may_close_and_reopen(bank: EmulatedBank) -> None:
    for _ in range(3):
        with closing(_open(bank)) as port:
            assert b"+CSQ: " in _ask(port, b"AT+CSQ")


def test_unplug_wakes_the_driver_and_replug_brings_the_port_back(bank: EmulatedBank) -> None:
    with closing(_open(bank)) as port:
        bank.control.fault(0, "unplug")
        with pytest.raises(serial.SerialException):
            port.read(1)
    assert [modem.state for modem in bank.control.status().modems] == ["off", "on"]
    with pytest.raises((serial.SerialException, OSError)):
        serial.serial_for_url(bank.ports[0], timeout=1)
    bank.control.fault(0, "replug")
    with closing(_open(bank)) as port:
        _begin(port)
        assert b"+CMGS: " in _finish(port)


def test_the_link_of_an_unplugged_pty_is_gone_meanwhile(ptys: EmulatedBank) -> None:
    link = Path(ptys.ports[0])
    ptys.control.fault(0, "unplug")
    assert not link.is_symlink()
    ptys.control.fault(0, "replug")
    assert link.is_char_device()


def test_unplug_with_a_message_on_the_air_comes_back_by_itself(ptys: EmulatedBank) -> None:
    ptys.control.fault(0, Fault("unplug_after_ctrl_z", seconds=0.05))
    with closing(_open(ptys)) as port:
        _begin(port)
        port.write(NOTICE.hex.encode() + b"\x1a")
        with pytest.raises(serial.SerialException):
            port.read(100)
    while ptys.control.status().modems[0].state != "on":
        pass
    with closing(_open(ptys)) as port:
        assert _line(port, b"+CDS: ")
    assert len(read_air_log(ptys.air_log)) == 1


def test_a_hung_modem_does_not_hold_up_the_other(bank: EmulatedBank) -> None:
    bank.control.fault(0, "hang_after_ctrl_z")
    with closing(_open(bank)) as sick, closing(_open(bank, 1)) as well:
        _begin(sick)
        sick.write(NOTICE.hex.encode() + b"\x1a")
        _begin(well)
        assert b"+CMGS: " in _finish(well)
        assert [modem.state for modem in bank.control.status().modems] == ["hung", "on"]
        bank.control.fault(0, "heal")
        assert b"OK" in _ask(sick, b"AT")


def test_a_driver_that_does_not_read_holds_up_nobody(bank: EmulatedBank) -> None:
    with closing(_open(bank)) as deaf, closing(_open(bank, 1)) as port:
        for _ in range(50):
            bank.control.fault(0, Fault("random_bytes", size=100_000))
        assert b"+CSQ: " in _ask(port, b"AT+CSQ")
        deaf.reset_input_buffer()


def test_the_control_socket_speaks_json_lines(ptys: EmulatedBank) -> None:
    lines = [
        b'{"modem": 1, "fault": "hang_after_ctrl_z", "count": 1}',
        b'{"inbound": {"modem": 0, "from": "+8613800138001", "text": "TD"}}',
        b'{"rule": {"number": "+8613800138002", "cms": 38}}',
        b'{"modem": 0, "fault": "no such fault"}',
        b"not JSON",
        b'{"status": true}',
    ]
    with socket.socket(socket.AF_UNIX) as connection, connection.makefile("rb") as answers:
        folder = os.open(ptys.directory, os.O_RDONLY)
        connection.connect(f"/proc/self/fd/{folder}/control")
        os.close(folder)
        connection.sendall(b"\n".join(lines) + b"\n")
        said = [json.loads(answers.readline()) for _ in lines]
    assert [answer["ok"] for answer in said] == [True, True, True, False, False, True]
    assert [modem["index"] for modem in said[-1]["modems"]] == [0, 1]
    with closing(_open(ptys)) as port:
        assert b"+CMGL: 1,0" in _ask(port, b"AT+CMGL=4")


def test_requests_that_make_no_sense_are_refused(ptys: EmulatedBank) -> None:
    for request, said in (
        (Request(modem=7, fault="hang"), "no modem 7"),
        (Request(inbound=Inbound(modem=-1, sender="+8613800138001", text="x")), "no modem"),
        (Request(inbound=Inbound(modem=0, sender="not a number", text="x")), ""),
        (Request(inbound=Inbound(0, "+8613800138001", "x", order=(2,))), "1 parts"),
    ):
        with pytest.raises(ControlError, match=said or None):
            ptys.control.request(request)
    assert ptys.control.status().ok


def test_a_wrong_count_and_no_bank(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="1 to"):
        EmulatedBank(0, tmp_path)
    with EmulatedBank(1, tmp_path) as bank:
        control = bank.control
    with pytest.raises(ControlError):
        control.status()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["air.jsonl"]
