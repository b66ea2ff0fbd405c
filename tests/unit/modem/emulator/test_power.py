"""Power, restarts, the radio, the other ttys, calls."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from estate_sms.modem.emulator.bench import Bench
from estate_sms.modem.emulator.faults import Fault
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.emulator.timing import Delay, Timing
from estate_sms.modem.pdu.submit import Submit, encode_submit

MakeBench = Callable[..., Bench]
NOTICE = encode_submit(Submit("+8613800138000", "停水通知"))
CALLER = "+8613800138001"
OK = b"\r\nOK\r\n"


def _strike(bench: Bench, fault: Fault) -> None:
    bench.devices[0].strike(fault)


def _make(make_bench: MakeBench, persona: str, timing: Timing | None = None) -> Bench:
    bench = make_bench(Settings(persona=persona, timing=timing or Timing()), quiet=False)
    bench.say("ATE0\rAT+CMEE=1\r")
    return bench


def test_a_restart_takes_the_ports_of_some_makes_away(make_bench: MakeBench) -> None:
    bench = _make(make_bench, "quectel-ec25", Timing(boot=Delay(12)))
    assert bench.say("AT+CFUN=1,1\r") == OK
    assert bench.lines[0].plugged
    bench.advance(1)
    assert not any(line.plugged for line in (bench.lines[0], *bench.others[0].values()))
    assert bench.devices[0].state == "booting"
    assert b"RDY" in bench.advance(12)
    assert all(line.plugged for line in (bench.lines[0], *bench.others[0].values()))
    assert bench.say("AT\r") == b"AT\r" + OK


def test_a_make_that_keeps_its_port(make_bench: MakeBench) -> None:
    bench = _make(make_bench, "siemens-tc35", Timing(boot=Delay(5)))
    bench.say("AT^SMSO\r")
    assert bench.advance(1) == b""
    assert bench.lines[0].plugged
    assert b"^SYSSTART" in bench.advance(5)


def test_a_brown_out_is_told(make_bench: MakeBench) -> None:
    bench = _make(make_bench, "simcom-sim800")
    _strike(bench, Fault("brown_out"))
    assert b"UNDER-VOLTAGE POWER DOWN" in bench.heard()
    assert b"RDY" in bench.advance(2)


@pytest.mark.parametrize("kind", ["hang", "port_dead", "sms_stuck", "radio_stuck"])
def test_a_power_cycle_cures(make_bench: MakeBench, kind: str) -> None:
    bench = _make(make_bench, "plain")
    _strike(bench, Fault(kind))  # type: ignore[arg-type]  # parametrised
    _strike(bench, Fault("power_cycle", seconds=3))
    bench.advance(2)
    assert (bench.devices[0].state, bench.lines[0].plugged) == ("off", False)
    assert b"RDY" in bench.advance(3)
    bench.say("ATE0\r")
    bench.say(f"AT+CMGS={NOTICE.length}\r")
    bench.say(f"{NOTICE.hex}\x1a")
    assert b"+CMGS:" in bench.advance(30)


def test_no_power_cycle_brings_back_what_is_pulled_out(make_bench: MakeBench) -> None:
    bench = _make(make_bench, "plain")
    _strike(bench, Fault("unplug"))
    _strike(bench, Fault("power_cycle"))
    bench.advance(5)
    assert bench.devices[0].state == "off"


def test_a_dead_port_and_its_sibling(make_bench: MakeBench) -> None:
    bench = _make(make_bench, "quectel-ec25")
    _strike(bench, Fault("port_dead"))
    assert bench.say("AT\r") == b""
    assert b"OK" in bench.say_to("at2", "ATE0\r")
    assert b"EC25" in bench.say_to("at2", "AT+CGMM\r")
    assert b"+CMS ERROR: 302" in bench.say_to("at2", f"AT+CMEE=1;+CMGS={NOTICE.length}\r")
    assert bench.say("AT\r") == b""
    bench.say_to("at2", "AT+CFUN=1,1\r")
    bench.advance(2)
    assert b"OK" in bench.say("AT\r")


def test_a_dead_port_that_wants_a_poke_at_the_other(make_bench: MakeBench) -> None:
    bench = _make(make_bench, "simcom-sim7600")
    _strike(bench, Fault("port_dead"))
    assert bench.say("AT\r") == b""
    bench.say_to("at2", "AT\r")
    assert b"OK" in bench.say("AT\r")


def test_ports_that_take_no_commands(make_bench: MakeBench) -> None:
    bench = _make(make_bench, "simcom-sim7600")
    assert bench.say_to("data", "AT\r") == b""
    assert bench.say_to("diag", "AT\r") == b""
    assert bench.devices[0].siblings.misused == 3
    assert b"OK" not in bench.say_to("nmea", "AT\r")


def test_the_second_port_answers_while_a_prompt_is_out(make_bench: MakeBench) -> None:
    bench = _make(make_bench, "huawei-e3372")
    bench.say("AT^CURC=0\r")
    bench.say(f"AT+CMGS={NOTICE.length}\r")
    assert b"+CSQ:" in bench.say_to("at2", "AT+CSQ\r")
    bench.say(f"{NOTICE.hex}\x1a")
    assert b"+CMGS:" in bench.advance(60)


def test_the_radio_takes_its_time(make_bench: MakeBench) -> None:
    bench = _make(make_bench, "plain", Timing(registration=Delay(4)))
    bench.say("AT+CREG=1\rAT+CFUN=0\r")
    assert b"+CFUN: 0" in bench.say("AT+CFUN?\r")
    assert b"+CREG: 1,0" in bench.say("AT+CREG?\r")
    assert b"+CMS ERROR: 331" in bench.say("AT+CMGS=20\r")
    bench.say("AT+CFUN=1\r")
    assert b"+CREG: 1,2" in bench.say("AT+CREG?\r")
    assert b"\r\n+CREG: 1\r\n" in bench.advance(5)
    assert b"+CREG: 1,1" in bench.say("AT+CREG?\r")


def test_a_radio_that_wants_a_cycle(make_bench: MakeBench) -> None:
    bench = _make(make_bench, "plain")
    _strike(bench, Fault("radio_stuck"))
    assert b"+CMS ERROR: 331" in bench.say("AT+CMGS=20\r")
    bench.say("AT+CFUN=1\r")
    assert b"+CREG: 0,2" in bench.say("AT+CREG?\r")
    bench.say("AT+CFUN=0\rAT+CFUN=1\r")
    assert b"+CREG: 0,1" in bench.say("AT+CREG?\r")


def test_a_message_service_that_wants_a_restart(make_bench: MakeBench) -> None:
    bench = _make(make_bench, "plain")
    _strike(bench, Fault("sms_stuck"))
    bench.say(f"AT+CMGS={NOTICE.length}\r")
    assert b"+CMS ERROR: 500" in bench.say(f"{NOTICE.hex}\x1a")
    bench.say("AT+CFUN=0\rAT+CFUN=1\r")
    bench.say(f"AT+CMGS={NOTICE.length}\r")
    assert b"+CMS ERROR: 500" in bench.say(f"{NOTICE.hex}\x1a")
    assert bench.aired() == []
    _strike(bench, Fault("reset"))
    bench.advance(2)
    bench.say(f"AT+CMGS={NOTICE.length}\r")
    bench.say(f"{NOTICE.hex}\x1a")
    assert len(bench.aired()) == 1


def test_a_call_rings_names_the_caller_and_can_be_refused(make_bench: MakeBench) -> None:
    bench = _make(make_bench, "plain")
    calls = bench.devices[0].calls
    bench.say("AT+CLIP=1\r")
    calls.ring(CALLER, 3)
    assert bench.heard() == f'\r\nRING\r\n\r\n+CLIP: "{CALLER}",145,"",0,"",0\r\n'.encode()
    assert f'+CLCC: 1,1,4,0,0,"{CALLER}",145'.encode() in bench.say("AT+CLCC\r")
    assert bench.advance(3).count(b"RING") == 1
    assert bench.say("ATH\r") == OK
    assert bench.advance(20) == b""
    assert (calls.state, calls.refused) == ("none", 1)


def test_a_call_nobody_takes_ends(make_bench: MakeBench) -> None:
    bench = _make(make_bench, "plain")
    bench.say("AT+CRC=1\r")
    bench.devices[0].calls.ring(CALLER, 2)
    said = bench.heard() + bench.advance(20)
    assert said.count(b"+CRING: VOICE") == 2
    assert said.endswith(b"\r\nNO CARRIER\r\n")
    assert bench.devices[0].calls.refused == 0


def test_a_call_taken(make_bench: MakeBench) -> None:
    bench = _make(make_bench, "plain")
    assert b"+CME ERROR: 3" in bench.say("ATA\r")
    bench.devices[0].calls.ring(CALLER, 5)
    bench.heard()
    assert bench.say("ATA\r") == OK
    assert b"+CLCC: 1,1,0" in bench.say("AT+CLCC\r")
    assert bench.advance(20) == b""
    assert bench.say("AT+CHUP\r") == OK
    assert bench.devices[0].calls.refused == 0
