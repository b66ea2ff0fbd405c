"""What a profile claims holds on the emulated modem of that make."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from estate_sms.modem.emulator.bench import Bench
from estate_sms.modem.emulator.card import PIN_TRIES
from estate_sms.modem.emulator.persona import PERSONAS
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.vendors.profile import VendorProfile
from estate_sms.modem.vendors.profiles import choose

MAKES = [name for name in PERSONAS if name != "plain"]
Open = Callable[[str], tuple[Bench, VendorProfile]]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    made: list[Bench] = []

    def make(name: str) -> tuple[Bench, VendorProfile]:
        bench = Bench(tmp_path, Settings(persona=name, pin="1234"))
        made.append(bench)
        bench.say("ATE0\rAT+CMEE=1\r")
        persona = PERSONAS[name]
        return bench, choose(persona.manufacturer, persona.model)

    yield make
    for bench in made:
        bench.close()


@pytest.mark.parametrize("name", MAKES)
def test_some_candidate_routes_reports_and_reads_back(opened: Open, name: str) -> None:
    bench, profile = opened(name)
    for command in profile.init:
        bench.say(f"{command.command}\r")
    kept = ""
    for values in profile.new_messages:
        if b"OK" in bench.say(f"AT+CNMI={values}\r"):
            told = re.search(rb"\+CNMI: ([0-9,]+)", bench.say("AT+CNMI?\r"))
            assert told is not None
            if told[1].decode() == values:
                kept = values
                break
    assert kept.split(",")[3:4] in (["1"], ["2"])


@pytest.mark.parametrize("name", MAKES)
def test_the_counter_is_understood(opened: Open, name: str) -> None:
    bench, profile = opened(name)

    def left() -> int | None:
        answer = bench.say(f"{profile.pin_counter.query}\r").decode()
        for line in answer.split("\r\n"):
            if found := profile.pin_counter.answer.match(line.strip()):
                return int(found[1])
        return None

    if name in ("generic", "generic-qualcomm"):
        assert left() is None
        return
    assert left() == PIN_TRIES
    bench.say('AT+CPIN="9999"\r')
    assert left() == PIN_TRIES - 1


@pytest.mark.parametrize("name", MAKES)
def test_some_query_tells_the_card(opened: Open, name: str) -> None:
    bench, profile = opened(name)
    answers = "".join(bench.say(f"{query}\r").decode() for query in profile.card_queries)
    assert bench.devices[0].identity.iccid in answers


@pytest.mark.parametrize("name", MAKES)
def test_the_first_init_command_is_known(opened: Open, name: str) -> None:
    bench, profile = opened(name)
    if profile.init:
        assert b"OK" in bench.say(f"{profile.init[0].command}\r")


@pytest.mark.parametrize("name", MAKES)
def test_a_reset_command_restarts_it_and_boot_is_noticed(opened: Open, name: str) -> None:
    bench, profile = opened(name)
    for first in profile.init:
        bench.say(f"{first.command}\r")
    heard = b""
    for command in profile.resets:
        bench.say(f"{command}\r")
        if bench.devices[0].state == "booting":
            heard = bench.advance(2)
            break
    lines = [line.strip() for line in heard.decode().split("\r\n")]
    assert any(line.startswith(profile.boots) for line in lines if line)


@pytest.mark.parametrize("name", MAKES)
def test_usb_roles(name: str) -> None:
    persona = PERSONAS[name]
    profile = choose(persona.manufacturer, persona.model)
    roles = {one.number: one.role for one in persona.interfaces}
    for ports in profile.usb[:1] if name.startswith(("quectel", "simcom-sim7", "zte")) else ():
        assert [roles[number] for number in ports.at] == ["at", "at2"]
        assert all(roles[number] == "diag" for number in ports.diagnostic)


@pytest.mark.parametrize("name", MAKES)
def test_quirks_are_those_of_the_persona(opened: Open, name: str) -> None:
    bench, profile = opened(name)
    persona = PERSONAS[name]
    if profile.name == "generic":
        return
    assert ("no_cmms" in profile.quirks) == ("+CMMS" not in persona.parameters)
    assert ("cr_cr_lf" in profile.quirks) == (persona.line_end == "\r\r\n")
    assert ("cds_comma" in profile.quirks) == (
        ", ," in persona.report_header or ": ," in persona.report_header
    )
    assert ("single_argument_cmgd" in profile.quirks) == (not persona.delete_flags)
    assert ("loses_early_pdu" in profile.quirks) <= (persona.prompt_pause > 0)
    assert profile.inter_phase_delay >= persona.prompt_pause
    assert ("usb_drops_on_reset" in profile.quirks) <= persona.drops
    assert ("noisy" in profile.quirks) == (persona.chatter > 0)
    assert ("poke_second_port" in profile.quirks) == persona.wakes_second
    if "no_clac" in profile.quirks:
        assert b"OK" not in bench.say("AT+CLAC\r")
