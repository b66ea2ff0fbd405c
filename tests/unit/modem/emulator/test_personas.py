"""What makes do differently, one by one, on the bare state machine."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from estate_sms.modem.emulator.bench import Bench
from estate_sms.modem.emulator.control import Inbound
from estate_sms.modem.emulator.errors import SettingsError
from estate_sms.modem.emulator.faults import Fault
from estate_sms.modem.emulator.persona import PERSONAS
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.emulator.timing import Delay, Timing
from estate_sms.modem.pdu.command import Command, encode_command
from estate_sms.modem.pdu.status_report import decode_status_report
from estate_sms.modem.pdu.submit import Submit, encode_submit

MakeBench = Callable[..., Bench]
RESIDENT = "+8613800138001"
NOTICE = encode_submit(Submit(RESIDENT, "停水通知"))
FAST = Timing(submit=Delay(0.05), report=Delay(0.2), retry=Delay(0.5))
OK = b"\r\nOK\r\n"


@pytest.fixture
def persona(make_bench: MakeBench) -> Callable[..., Bench]:
    def make(name: str, **settings: object) -> Bench:
        bench = make_bench(Settings(**{"timing": FAST, "persona": name, **settings}), quiet=False)  # type: ignore[arg-type]  # free keywords
        bench.say("ATE0\rAT+CMEE=1\r")
        return bench

    return make


Persona = Callable[..., Bench]


def _send(bench: Bench, pause: float = 0.0) -> bytes:
    said = bench.say(f"AT+CMGS={NOTICE.length}\r")
    said += bench.advance(pause) if pause else b""
    return said + bench.say(f"{NOTICE.hex}\x1a") + bench.advance(0.06)


def _inbound(bench: Bench, text: str = "退订") -> None:
    bench.smsc.inbound(bench.devices[0].identity.imsi, Inbound(0, RESIDENT, text))


@pytest.mark.parametrize("name", PERSONAS)
def test_every_make_sends_once_its_prompt_is_respected(persona: Persona, name: str) -> None:
    bench = persona(name)
    assert re.search(rb"\+CMGS: \d+", _send(bench, pause=0.1))
    assert [aired.to for aired in bench.aired()] == [RESIDENT]


@pytest.mark.parametrize("name", PERSONAS)
def test_every_command_listed_is_known(persona: Persona, name: str) -> None:
    bench = persona(name)
    listed = bench.say("AT+CLAC\r").decode().split()
    assert ("+CLAC" in listed) == ("+CLAC" not in PERSONAS[name].refused)
    bench.say("AT^CURC=0\r")
    for command in [word for word in listed if word[0] in "+^"] if listed[-1] == "OK" else []:
        assert "ERROR: 4\r" not in bench.say(f"AT{command}=?\r").decode(), command


@pytest.mark.parametrize("name", PERSONAS)
def test_identity(persona: Persona, name: str) -> None:
    bench = persona(name)
    for command in ("+CGMI", "+CGMM", "+CGSN", "+CIMI"):
        assert OK in bench.say(f"AT{command}\r").replace(b"\r\r\n", b"\r\n")


def _taken(bench: Bench, values: str) -> bool:
    return b"OK" in bench.say(f"AT+CNMI={values}\r")


@pytest.mark.parametrize(
    ("name", "taken", "refused"),
    [
        ("simcom-sim800", ["2,1,0,1,0", "2,1,0,0,0"], ["2,1,0,2,0"]),
        ("simcom-sim7600", ["2,1,0,2,0"], ["2,1,0,1,0"]),
        ("huawei-e173", ["1,1,0,1,0", "1,1,0,2,0"], ["2,1,0,1,0"]),
        ("zte-mf190", ["1,1,0,1,0"], ["2,1,0,1,0"]),
        ("siemens-tc35", ["2,0,0,2,1", "2,1,0,2,1"], ["2,1,0,1,1", "2,1,0,2,0"]),
        ("quectel-ec25", ["2,1,0,1,0", "2,1,0,2,0"], []),
    ],
)
def test_cnmi(persona: Persona, name: str, taken: list[str], refused: list[str]) -> None:
    bench = persona(name)
    assert all(_taken(bench, values) for values in taken)
    assert not any(_taken(bench, values) for values in refused)
    assert f"+CNMI: {taken[-1]}".encode() in bench.say("AT+CNMI?\r")


@pytest.mark.parametrize("name", ["simcom-sim7600", "huawei-e173", "zte-mf190"])
def test_cnmi_offers_what_is_refused(persona: Persona, name: str) -> None:
    bench = persona(name)
    assert b"+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)" in bench.say("AT+CNMI=?\r")


def test_cnmi_taken_and_not_kept(persona: Persona) -> None:
    bench = persona("generic-qualcomm")
    assert _taken(bench, "2,1,0,1,0")
    assert b"+CNMI: 2,0,0,0,1" in bench.say("AT+CNMI?\r")
    assert _taken(bench, "2,1,0,2,0")
    assert b"+CNMI: 2,1,0,2,0" in bench.say("AT+CNMI?\r")


@pytest.mark.parametrize(
    ("name", "routing", "memory"),
    [
        ("simcom-sim7600", "2,1,0,2,0", "SR"),
        ("huawei-e173", "1,1,0,2,0", "SM"),
        ("generic-qualcomm", "2,1,0,2,0", "ME"),
        ("siemens-tc35", "2,1,0,2,1", "SM"),
    ],
)
def test_reports_in_the_memory_they_name(
    persona: Persona, name: str, routing: str, memory: str
) -> None:
    bench = persona(name)
    bench.say(f"AT+CNMI={routing}\r")
    _send(bench, pause=0.1)
    assert f'+CDSI: "{memory}",1'.encode() in bench.advance(1)
    bench.say(f'AT+CPMS="{memory}"\r')
    [pdu] = re.findall(rb"([0-9A-F]{40,})", bench.say("AT+CMGR=1\r"))
    assert decode_status_report(pdu.decode()).tp_mr == bench.aired()[0].mr


def test_a_comma_before_the_length_of_a_report(persona: Persona) -> None:
    bench = persona("zte-mf190")
    bench.say("AT+CNMI=1,1,0,1,0\r")
    _send(bench)
    assert re.search(rb"\r\r\n\+CDS: ,\d+\r\r\n[0-9A-F]+\r\r\n", bench.advance(1))


@pytest.mark.parametrize("name", ["simcom-sim7600", "zte-mf190", "generic-qualcomm"])
def test_lines_that_end_twice(persona: Persona, name: str) -> None:
    assert persona(name).say("AT\r") == b"\r\r\nOK\r\r\n"


def test_noise_in_front_of_answers_until_silenced(persona: Persona) -> None:
    bench = persona("huawei-e3372")
    assert b"\r\n^" in b"".join(bench.say("AT\r") for _ in range(4))
    assert b"OK" in bench.say("AT^CURC=0\r")
    assert [bench.say("AT\r") for _ in range(6)] == [OK] * 6


def test_urcs_go_to_the_second_port_until_told(persona: Persona) -> None:
    bench = persona("quectel-ec20")
    bench.say("AT+CNMI=2,1,0,1,0\r")
    _inbound(bench)
    assert bench.heard() == b""
    assert b"+CMTI" in bench.heard_from("at2")
    bench.say('AT+QURCCFG="urcport","usbat"\rATZ\rATE0\rAT+CNMI=2,1,0,1,0\r')
    _inbound(bench)
    assert b"+CMTI" in bench.heard()


def test_reports_stop_unless_acknowledged(persona: Persona) -> None:
    bench = persona("cinterion-bgs2")
    bench.say("AT+CNMI=2,1,0,1,1\r")
    _send(bench, pause=0.1)
    assert bench.advance(5).count(b"+CDS:") == 1
    for _ in range(2):
        _send(bench, pause=0.1)
        assert b"+CDS:" not in bench.advance(2)
    assert bench.say("AT+CNMA=1\r").count(b"+CDS:") == 1
    assert bench.say("AT+CSMS=0\r").count(b"+CDS:") == 1  # the third one
    _send(bench, pause=0.1)
    assert b"+CDS:" in bench.advance(5)


@pytest.mark.parametrize(
    ("name", "place"),
    [("zte-mf190", b", 1A2B, 00C0FFEE"), ("generic-qualcomm", b',1A2B",00C0FFEE",7')],
)
def test_odd_quoting_of_the_place(persona: Persona, name: str, place: bytes) -> None:
    assert place + b"\r" in persona(name).say("AT+CREG=2\rAT+CREG?\r")


def test_registered_for_messages_only(persona: Persona) -> None:
    bench = persona("generic-qualcomm")
    assert b"+CREG: 0,6" in bench.say("AT+CREG?\r")
    assert b"+CMGS:" in _send(bench)


def test_memories_told_without_a_space(persona: Persona) -> None:
    assert b'+CPMS:("SM"' in persona("zte-mf190").say("AT+CPMS=?\r")


def test_one_argument_to_delete(persona: Persona) -> None:
    bench = persona("siemens-tc35")
    _inbound(bench)
    assert b"OK" not in bench.say("AT+CMGD=1,0\r")
    assert b"OK" in bench.say("AT+CMGD=1\r")
    assert bench.say("AT+CMGD=?\r") == b"\r\n+CMGD: ()\r\n" + OK


@pytest.mark.parametrize(
    ("name", "command", "answer"),
    [
        ("generic", "+CLAC", b"\r\nERROR\r\n"),
        ("huawei-e173", "+CLAC", b"\r\nCOMMAND NOT SUPPORT\r\n"),
        ("huawei-e173", "+CMMS=1", b"\r\nCOMMAND NOT SUPPORT\r\n"),
        ("siemens-tc35", "+CMMS=1", b"\r\nERROR\r\n"),
        ("quectel-ec25", "+CLAC", b"\r\n+CME ERROR: 4\r\n"),
        ("quectel-ec25", "+CMGC=?", b"\r\n+CME ERROR: 4\r\n"),
        ("simcom-sim800", "+CEREG?", b"\r\n+CME ERROR: 4\r\n"),
    ],
)
def test_commands_it_does_not_know(
    persona: Persona, name: str, command: str, answer: bytes
) -> None:
    assert answer in persona(name).say(f"AT{command}\r")


def test_a_command_offered_and_refused_with_304(persona: Persona) -> None:
    bench = persona("huawei-e173")
    command = encode_command(Command("delete", 7, RESIDENT))
    assert b"OK" in bench.say("AT+CMGC=?\r")
    bench.say(f"AT+CMGC={command.length}\r")
    assert b"+CMS ERROR: 304" in bench.say(f"{command.hex}\x1a")
    assert bench.aired() == []


@pytest.mark.parametrize("name", ["siemens-tc35", "wavecom-fastrack"])
def test_what_follows_the_prompt_too_soon_is_lost(persona: Persona, name: str) -> None:
    bench = persona(name)
    assert b"+CMGS:" not in _send(bench)
    assert bench.aired() == []
    bench.say("\x1b\r")
    assert b"+CMGS:" in _send(bench, pause=PERSONAS[name].prompt_pause)


@pytest.mark.parametrize(
    ("name", "code", "ready"),
    [
        ("wavecom-fastrack", 515, b"+WIND: 4"),
        ("simcom-sim800", 512, b"SMS Ready"),
        ("simcom-sim7600", 517, b"SMS DONE"),
        ("quectel-ec25", 512, b"+QIND: SMS DONE"),
    ],
)
def test_sending_before_the_message_service_is_up(
    persona: Persona, name: str, code: int, ready: bytes
) -> None:
    bench = persona(name, timing=Timing(boot=Delay(1), message_service=Delay(5)))
    bench.devices[0].strike(Fault("reset"))
    booted = bench.advance(1.5)
    assert ready not in booted
    bench.say("ATE0\rAT+CMEE=1\r")
    assert f"+CMS ERROR: {code}".encode() in bench.say(f"AT+CMGS={NOTICE.length}\r")
    assert ready in bench.advance(5)
    assert b"> " in bench.say(f"AT+CMGS={NOTICE.length}\r")


@pytest.mark.parametrize(
    ("cmee", "said"), [("0", b"+CMS ERROR: 38"), ("2", b"+CMS ERROR: Network out of order")]
)
def test_message_errors_in_words(persona: Persona, cmee: str, said: bytes) -> None:
    bench = persona("wavecom-fastrack")
    bench.say(f"AT+CMEE={cmee}\r")
    bench.devices[0].strike(Fault("cms_error", code=38))
    assert said in _send(bench, pause=0.1)


def test_vendor_codes_in_words_are_unknown_errors(persona: Persona) -> None:
    bench = persona("wavecom-fastrack")
    bench.say("AT+CMEE=2\r")
    bench.devices[0].strike(Fault("cms_error", code=513))
    assert b"+CMS ERROR: unknown error" in _send(bench, pause=0.1)


def test_full_memory_is_told_once_and_stops_sending(persona: Persona) -> None:
    bench = persona("huawei-e173", sim_slots=1)
    bench.say("AT+CNMI=1,1,0,1,0\rAT^CURC=0\r")
    for _ in range(3):
        _inbound(bench)
    said = bench.heard()
    assert said.count(b'^SMMEMFULL:"SM"') == 1
    assert b"+CMS ERROR: 322" in bench.say(f"AT+CMGS={NOTICE.length}\r")
    assert b'+CMTI: "SM",1' in bench.say("AT+CMGD=1\r")  # the next one moves in
    bench.advance(1)


def test_memories_of_their_own_size(persona: Persona) -> None:
    bench = persona("quectel-ec25")
    assert b"+CPMS: 0,255,0,255,0,255" in bench.say('AT+CPMS="ME","ME","ME"\r')


def test_a_listing_that_hangs(persona: Persona) -> None:
    bench = persona("huawei-e173")
    bench.devices[0].strike(Fault("cmgl_hangs"))
    assert b"OK" in bench.say("AT+CMGR=1\rAT\r")
    assert bench.say("AT+CMGL=4\r") == b""
    assert bench.say("AT\r") == b""
    bench.devices[0].strike(Fault("heal"))
    assert b"OK" in bench.say("AT+CMGL=4\r")


def test_a_mixed_bank(make_bench: MakeBench) -> None:
    names = ("quectel-ec25", "zte-mf190")
    bench = make_bench(Settings(personas=names), count=3, quiet=False)
    told = [bench.say("ATE0\rAT+CGMM\r", modem) for modem in range(3)]
    assert [b"EC25" in one for one in told] == [True, False, True]
    assert b"MF190" in told[1]
    with pytest.raises(SettingsError, match="no such make"):
        make_bench(Settings(personas=("plain", "no such make")), count=2)
