"""The AT dialogue, command by command, on the bare state machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.modem.emulator.bench import Bench

TOLD = [
    ("AT", ""),
    ("at", ""),
    ("ATE0V1Q0X4&C1&D2S0=0", ""),
    ("ATI", "Estate SMS\r\nEmulated Modem\r\nRevision: EM1.0"),
    ("AT+CGMI", "Estate SMS"),
    ("AT+CGMM", "Emulated Modem"),
    ("AT+CGMR", "EM1.0"),
    ("AT+CGSN", "860123040000019"),
    ("AT+GSN", "860123040000019"),
    ("AT+CGSN=?", ""),
    ("AT+CIMI", "460001000000001"),
    ("AT+CCID", "+CCID: 89860000000000000019"),
    ("AT+QCCID", "+QCCID: 89860000000000000019"),
    ("AT+ICCID", "+ICCID: 89860000000000000019"),
    ("AT+CPIN?", "+CPIN: READY"),
    ("AT+CFUN?", "+CFUN: 1"),
    ("AT+CFUN=1", ""),
    ("AT+CMEE?", "+CMEE: 1"),
    ("AT+CMEE=?", "+CMEE: (0-2)"),
    ("AT+CREG?", "+CREG: 0,1"),
    ("AT+CREG=2;+CREG?", '+CREG: 2,1,"1A2B","00C0FFEE",7'),
    ("AT+CEREG?", "+CEREG: 0,1"),
    ("AT+CGREG=?", "+CGREG: (0-2)"),
    ("AT+COPS=3,0;+COPS?", '+COPS: 0,0,"CHINA MOBILE",7'),
    ("AT+COPS=3,2;+COPS?", '+COPS: 0,2,"46000",7'),
    ("AT+CSQ", "+CSQ: 17,99"),
    ("AT+CSCA?", '+CSCA: "+8613800100500",145'),
    ('AT+CSCA="+8613800100501",145;+CSCA?', '+CSCA: "+8613800100501",145'),
    ("AT+CSMS?", "+CSMS: 0,1,1,1"),
    ("AT+CSMS=1", "+CSMS: 1,1,1"),
    ("AT+CMGF=?", "+CMGF: (0)"),
    ("AT+CMGF=0", ""),
    ("AT+CSCS=?", '+CSCS: ("GSM","IRA","UCS2")'),
    ('AT+CSCS="UCS2";+CSCS?', '+CSCS: "UCS2"'),
    ("AT+CNMI=?", "+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)"),
    ("AT+CNMI=2,1,0,2,0;+CNMI?", "+CNMI: 2,1,0,2,0"),
    ("AT+CNMI=1,2;+CNMI?", "+CNMI: 1,2,0,1,0"),
    ("AT+CPMS?", '+CPMS: "SM",0,20,"SM",0,20,"SM",0,20'),
    ('AT+CPMS="ME","ME","ME"', "+CPMS: 0,20,0,20,0,20"),
    ("AT+CPMS=?", '+CPMS: ("SM","ME","SR"),("SM","ME","SR"),("SM","ME","SR")'),
    ("AT+CMGL=4", ""),
    ("AT+CMGL=?", "+CMGL: (0-4)"),
    ("AT+CMGD=?", "+CMGD: (),(0-4)"),
    ("AT+CMGD=1,4", ""),
    ("AT+CMGS=?", ""),
    ("AT+CMGC=?", ""),
    ("AT+CMMS=2;+CMMS?", "+CMMS: 2"),
    ("AT+CLIP=1;+CRC=1;+CVHU=0", ""),
    ("AT+CGSMS?", "+CGSMS: 1"),
    ("AT+CNMA=?", "+CNMA: (0-2)"),
    ("AT+CUSD=?", "+CUSD: (0-2)"),
    ("AT+CNUM", '+CNUM: ,"+8613800139000",145'),
]


@pytest.mark.parametrize(("command", "information"), TOLD)
def test_command_tells(bench: Bench, command: str, information: str) -> None:
    block = f"\r\n{information}\r\n" if information else ""
    assert bench.say(f"{command}\r").decode() == f"{block}\r\nOK\r\n"


REFUSED = [
    ("AT+NOSUCH", "+CME ERROR: 4"),
    ("AT+NOSUCH=?", "+CME ERROR: 4"),
    ("AT^HCSQ?", "+CME ERROR: 4"),
    ("AT+CMGF=1", "+CME ERROR: 50"),
    ("AT+CMEE=7", "+CME ERROR: 50"),
    ("AT+CNMI=9", "+CME ERROR: 50"),
    ("AT+CREG=5", "+CME ERROR: 50"),
    ("AT+COPS=7", "+CME ERROR: 50"),
    ("AT+CFUN=9", "+CME ERROR: 50"),
    ("AT+CSMS=2", "+CME ERROR: 50"),
    ('AT+CPMS="XX"', "+CME ERROR: 50"),
    ("AT+CMGR=1", "+CMS ERROR: 321"),
    ("AT+CMGD=99", "+CMS ERROR: 321"),
    ("AT+CMGR=one", "+CME ERROR: 50"),
    ("AT+CMGS=0", "+CMS ERROR: 304"),
    ("AT+CMGS=²", "+CMS ERROR: 304"),
    ("AT+CMGC=165", "+CMS ERROR: 304"),
    ("AT+CNMA", "+CMS ERROR: 340"),
    ("AT+CSQ)", "+CME ERROR: 4"),
    ("AT%", "+CME ERROR: 4"),
    ("AT+CMGF=0;+NOSUCH;+CGMI", "+CME ERROR: 4"),
]


@pytest.mark.parametrize(("command", "final"), REFUSED)
def test_command_is_refused(bench: Bench, command: str, final: str) -> None:
    assert bench.say(f"{command}\r").decode() == f"\r\n{final}\r\n"


@pytest.mark.parametrize(
    ("cmee", "final"),
    [("0", "ERROR"), ("1", "+CME ERROR: 4"), ("2", "+CME ERROR: operation not supported")],
)
def test_errors_take_the_form_asked_for(bench: Bench, cmee: str, final: str) -> None:
    bench.say(f"AT+CMEE={cmee}\r")
    assert bench.say("AT+NOSUCH\r").decode() == f"\r\n{final}\r\n"


def test_echo_is_on_until_switched_off_and_again_after_reset(bench: Bench) -> None:
    assert bench.say("AT\r") == b"\r\nOK\r\n"
    assert bench.say("ATZ\r") == b"\r\nOK\r\n"
    assert bench.say("A") == b"A"
    assert bench.say("T\r") == b"T\r\r\nOK\r\n"
    assert bench.say("ATE0\r") == b"ATE0\r\r\nOK\r\n"
    assert bench.say("AT&F\rAT\r") == b"\r\nOK\r\nAT\r\r\nOK\r\n"


def test_settings_are_forgotten_by_atz(bench: Bench) -> None:
    bench.say("AT+CMMS=2\r")
    bench.say("ATZE0\r")
    assert b"+CMMS: 0" in bench.say("AT+CMMS?\r")


def test_line_editing_and_noise_on_the_line(bench: Bench) -> None:
    assert bench.say("ATX\x08\r") == b"\r\nOK\r\n"
    assert bench.say("\r\n\n\r") == b""
    assert bench.say("\x1bAT\r") == b"\r\nOK\r\n"
    assert bench.say("no command\r") == b""
    assert bench.say("AT+CGMR\r") == bench.say("A/\r")


def test_every_command_listed_is_known(bench: Bench) -> None:
    listed = bench.say("AT+CLAC\r").decode().split("\r\n")[1:-3]
    assert {"+CMGS", "+CMGC", "+CMMS", "+CNMI", "+CSQ"} <= set(listed)
    for name in listed:
        assert "ERROR: 4\r" not in bench.say(f"AT{name}=?\r").decode(), name
        assert bench.say("\x1b\r") in (b"", b"\r\nOK\r\n")


def test_without_sim(bench: Bench) -> None:
    bench.devices[0].unit.sim = False
    for command in ("+CPIN?", "+CIMI", "+CCID", "+CSCA?"):
        assert bench.say(f"AT{command}\r") == b"\r\n+CME ERROR: 10\r\n"
    assert bench.say("AT+CMGS=20\r") == b"\r\n+CMS ERROR: 310\r\n"
    assert b"+CREG: 0,2" in bench.say("AT+CREG?\r")


def test_without_network(bench: Bench) -> None:
    bench.devices[0].unit.network = False
    assert b"+CSQ: 99,99" in bench.say("AT+CSQ\r")
    assert bench.say("AT+COPS?\r") == b"\r\n+COPS: 0\r\n\r\nOK\r\n"
    assert bench.say("AT+CMGS=20\r") == b"\r\n+CMS ERROR: 331\r\n"


def test_radio_off_and_on(bench: Bench) -> None:
    bench.say("AT+CFUN=4\r")
    assert b"+CREG: 0,0" in bench.say("AT+CREG?\r")
    bench.say("AT+CFUN=1\r")
    assert b"+CREG: 0,1" in bench.say("AT+CREG?\r")


def test_reset_by_command_boots(bench: Bench) -> None:
    assert bench.say("AT+CFUN=1,1\r") == b"\r\nOK\r\n"
    assert bench.say("AT\r") == b""
    assert b"\r\nRDY\r\n" in bench.advance(1.5)
    assert bench.say("AT\r") == b"AT\r\r\nOK\r\n"


def test_ussd_answers_later(bench: Bench) -> None:
    assert bench.say('AT+CUSD=1,"*100#",15\r') == b"\r\nOK\r\n"
    assert re.match(rb'\r\n\+CUSD: 0,".*",15\r\n', bench.advance(1))


@settings(max_examples=150, deadline=None)
@given(
    chunks=st.lists(st.binary(max_size=40) | st.sampled_from([b"AT", b"\r", b"+CMGS=9\r", b"\x1a"]))
)
def test_any_bytes_leave_a_working_modem(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes]
) -> None:
    folder: Path = tmp_path_factory.mktemp("any")
    bench = Bench(folder)
    try:
        for chunk in chunks:
            bench.say(chunk)
        bench.advance(3)
        bench.say("\x1b\rATZ\rATE0\r")
        bench.advance(3)
        assert bench.say("AT\r") == b"\r\nOK\r\n"
    finally:
        bench.close()
