"""The SIM: PIN and PUK, counters, out and in, another one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from estate_sms.modem.emulator.bench import Bench
from estate_sms.modem.emulator.control import Inbound
from estate_sms.modem.emulator.faults import Fault
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.pdu.submit import Submit, encode_submit

MakeBench = Callable[..., Bench]
NOTICE = encode_submit(Submit("+8613800138000", "停水通知"))


@pytest.fixture
def locked(make_bench: MakeBench) -> Bench:
    return make_bench(Settings(pin="1234"))


def test_a_locked_card_serves_nothing_until_its_pin(locked: Bench) -> None:
    assert b"+CPIN: SIM PIN" in locked.say("AT+CPIN?\r")
    assert b"+CME ERROR: 11" in locked.say("AT+CIMI\r")
    assert b"+CMS ERROR: 311" in locked.say("AT+CMGS=20\r")
    assert b"+CREG: 0,2" in locked.say("AT+CREG?\r")
    assert b"OK" in locked.say('AT+CPIN="1234"\r')
    assert b"+CPIN: READY" in locked.say("AT+CPIN?\r")
    assert b"> " in locked.say("AT+CMGS=20\r")


def test_three_wrong_pins_block_it_for_good(locked: Bench) -> None:
    for left, error in ((2, b"16"), (1, b"16"), (0, b"12")):
        assert b"+CME ERROR: " + error in locked.say('AT+CPIN="0000"\r')
        assert f"+CPINR: SIM PIN,{left},3".encode() in locked.say("AT+CPINR\r")
    assert b"+CPIN: SIM PUK" in locked.say("AT+CPIN?\r")
    assert b"+CME ERROR: 12" in locked.say('AT+CPIN="1234"\r')
    assert b"+CMS ERROR: 316" in locked.say("AT+CMGS=20\r")
    locked.devices[0].strike(Fault("reset"))
    locked.advance(2)
    assert b"+CPIN: SIM PUK" in locked.say("AT+CPIN?\r")


def test_a_restart_locks_it_again_and_forgives_nothing(locked: Bench) -> None:
    locked.say('AT+CPIN="0000"\rAT+CPIN="1234"\r')
    locked.devices[0].strike(Fault("reset"))
    assert b"+CPIN: SIM PIN" in locked.advance(2)
    assert b"SIM PIN,3,3" in locked.say("AT+CPINR\r")


def test_tries_already_used(make_bench: MakeBench) -> None:
    bench = make_bench(Settings(pin="1234", pin_tries=1, persona="quectel-ec25"), quiet=False)
    bench.say("ATE0\r")
    assert b'+QPINC: "SC",1,10' in bench.say("AT+QPINC?\r")


@pytest.mark.parametrize(
    ("persona", "query", "answer"),
    [
        ("simcom-sim800", "+SPIC", b"+SPIC: 3,10,3,10"),
        ("huawei-e3372", "^CPIN?", b"^CPIN: READY,3,10,3,10,3"),
        ("siemens-tc35", "^SPIC", b"^SPIC: 3"),
        ("wavecom-fastrack", "+CPINC", b"+CPINC: 3,3,10,10"),
        ("zte-mf190", "+ZPINPUK=?", b"+ZPINPUK: 3,10"),
    ],
)
def test_counters_by_make(make_bench: MakeBench, persona: str, query: str, answer: bytes) -> None:
    bench = make_bench(Settings(persona=persona), quiet=False)
    assert answer in bench.say(f"ATE0\rAT{query}\r")
    assert answer not in bench.say("AT+CPINR\r")


@pytest.mark.parametrize(
    ("persona", "gone", "back"),
    [
        ("quectel-ec25", b"+QUSIM: 0", b"+QUSIM: 1"),
        ("huawei-e173", b"^SIMST:255", b"^SIMST:1"),
        ("simcom-sim800", b"+CPIN: NOT READY", b"+CPIN: READY"),
        ("plain", b"+CPIN: NOT READY", b"+CPIN: READY"),
    ],
)
def test_out_and_in_is_told(make_bench: MakeBench, persona: str, gone: bytes, back: bytes) -> None:
    bench = make_bench(Settings(persona=persona), quiet=False)
    bench.say("ATE0\r")
    bench.devices[0].strike(Fault("sim_out"))
    assert gone in bench.heard()
    assert b"+CME ERROR" in bench.say("AT+CMEE=1;+CPIN?\r")
    bench.devices[0].strike(Fault("heal"))
    assert back in bench.heard()


def test_another_card_is_another_subscriber(make_bench: MakeBench) -> None:
    bench = make_bench(Settings(pin="1234"))
    device = bench.devices[0]
    bench.say('AT+CPIN="1234"\r')
    old = device.identity
    bench.smsc.inbound(old.imsi, Inbound(0, "+8613800138001", "退订"))
    bench.say(f"AT+CMGS={NOTICE.length}\r{NOTICE.hex}\x1a")
    device.strike(Fault("sim_swap"))
    said = bench.advance(3)
    assert b"+CPIN: NOT READY" in said
    assert b"+CPIN: SIM PIN" in said
    assert b"+CDS" not in said  # the old card's
    new = device.identity
    assert new.imei == old.imei
    assert new.imsi != old.imsi
    assert new.iccid != old.iccid
    assert new.number != old.number
    bench.say('AT+CPIN="1234"\r')
    assert new.imsi.encode() in bench.say("AT+CIMI\r")
    assert bench.say("AT+CMGL=4\r") == b"\r\nOK\r\n"
    bench.say(f"AT+CMGS={NOTICE.length}\r{NOTICE.hex}\x1a")
    assert b"+CDS" in bench.advance(3)
    assert [aired.imsi for aired in bench.aired()] == [old.imsi, new.imsi]
    bench.smsc.inbound(old.imsi, Inbound(0, "+8613800138001", "退订"))
    assert bench.heard() == b""
