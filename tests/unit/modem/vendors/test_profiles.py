"""Which profile fits which modem, and that every table is whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import estate_sms.modem.vendors
from estate_sms.modem.emulator.persona import PERSONAS
from estate_sms.modem.errors import ModemError
from estate_sms.modem.vendors import profiles
from estate_sms.modem.vendors.causes import kind, vendor_cause
from estate_sms.modem.vendors.generic import GENERIC
from estate_sms.modem.vendors.profile import CauseClass, Quirk, VendorProfile, technology

ZTE = 0x19D2
ALL = (*profiles.KNOWN, GENERIC)
OF_PERSONA = {
    "plain": "generic",
    "quectel-ec20": "quectel-ec2x",
    "quectel-ec25": "quectel-ec2x",
    "quectel-eg25": "quectel-ec2x",
    "simcom-sim800": "simcom-sim800",
    "simcom-sim7600": "simcom-sim7600",
    "huawei-e173": "huawei-e1xx",
    "huawei-e3372": "huawei-e3xx",
    "zte-mf190": "zte-mf",
    "siemens-tc35": "siemens-tc35",
    "cinterion-bgs2": "cinterion",
    "wavecom-fastrack": "wavecom",
    "generic": "generic",
    "generic-qualcomm": "generic",
}


RULES = Path(estate_sms.modem.vendors.__file__).parents[2] / "systemd" / "70-estate-sms.rules"


def test_no_other_program_takes_a_modem_we_know_and_nobody_writes_to_diag() -> None:
    lines = RULES.read_text("utf-8").splitlines()
    (ours,) = [line for line in lines if "ID_MM_PORT_IGNORE" in line]
    (diag,) = [line for line in lines if 'MODE="0600"' in line]
    for ports in (ports for profile in profiles.KNOWN for ports in profile.usb):
        assert f"{ports.vendor:04x}" in ours
        assert all(f"{number:02}" in diag for number in ports.diagnostic)
        if ports.diagnostic and ports.vendor != ZTE:  # only one product of theirs is known
            assert f"{ports.vendor:04x}" in diag


def test_every_persona_has_its_profile_and_every_profile_a_persona() -> None:
    assert OF_PERSONA.keys() == PERSONAS.keys()
    assert set(OF_PERSONA.values()) == set(profiles.NAMES)


@pytest.mark.parametrize(("name", "profile"), OF_PERSONA.items())
def test_a_persona_is_recognised(name: str, profile: str) -> None:
    make = PERSONAS[name]
    assert profiles.choose(make.manufacturer, make.model).name == profile


@pytest.mark.parametrize(
    ("cgmi", "cgmm", "profile"),
    [
        ("Quectel", "EC20F", "quectel-ec2x"),
        ("Quectel_Ltd", "Quectel_M35", "generic"),
        ("SIMCOM_Ltd", "SIM900", "simcom-sim800"),
        ("SIMCOM INCORPORATED", "SIM7600E-H", "simcom-sim7600"),
        ("SIMCOM INCORPORATED", "A7670E", "simcom-sim7600"),
        ("huawei", "E1750", "huawei-e1xx"),
        ("Huawei Technologies Co., Ltd.", "ME909s-120", "huawei-e3xx"),
        ("ZTE CORPORATION", "K3565-Z", "zte-mf"),
        ("SIEMENS", "MC35i", "siemens-tc35"),
        ("Gemalto", "EHS6", "cinterion"),
        ("Sierra Wireless", "FXT009", "wavecom"),
        ("+CGMI: Quectel", '+CGMM: "EC25"', "quectel-ec2x"),
        (" huawei\r\n", " E3372\r\n", "huawei-e3xx"),
        ("", "", "generic"),
        ("huawei", "E173\nOK", "generic"),
    ],
)
def test_choose(cgmi: str, cgmm: str, profile: str) -> None:
    assert profiles.choose(cgmi, cgmm).name == profile


@settings(max_examples=60)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_answers_give_a_profile(cgmi: str, cgmm: str) -> None:
    assert profiles.choose(cgmi, cgmm) in ALL


def test_names() -> None:
    assert len(set(profiles.NAMES)) == len(ALL)
    assert all(profiles.named(one.name) is one for one in ALL)
    with pytest.raises(ModemError, match="quectel-ec2x"):
        profiles.named("no such make")


@pytest.mark.parametrize("name", OF_PERSONA)
def test_no_modem_belongs_to_two(name: str) -> None:
    make = PERSONAS[name]
    fitting = [one for one in profiles.KNOWN if one.recognises(make.manufacturer, make.model)]
    assert len(fitting) <= 1


@pytest.mark.parametrize("profile", ALL, ids=lambda one: one.name)
def test_tables_are_whole(profile: VendorProfile) -> None:
    for pattern in (profile.maker.pattern, profile.model.pattern):
        assert pattern.startswith(r"\A")
        assert pattern.endswith(r"\Z")
    assert profile.pin_counter.answer.pattern.startswith(r"\A")
    assert profile.pin_counter.answer.groups == 1
    assert profile.new_messages
    assert len(set(profile.new_messages)) == len(profile.new_messages)
    for values in profile.new_messages:
        assert re.fullmatch(r"[0-3],[01],0,[012],[01]", values)
    assert profile.quirks <= set(get_args(Quirk))
    assert all(one.command.startswith("AT") and one.why for one in profile.init)
    assert all(command.startswith("AT") for command in (*profile.card_queries, *profile.resets))
    assert all(switch.command.startswith("AT") for switch in profile.switches)
    for ports in profile.usb:
        assert ports.at
        assert not set(ports.at) & set(ports.diagnostic)


@pytest.mark.parametrize("profile", ALL, ids=lambda one: one.name)
def test_every_vendor_cause_is_typed(profile: VendorProfile) -> None:
    assert profile.causes[500].kind == "temporary"
    for code, cause in profile.causes.items():
        assert code == 350 or code >= 500
        assert cause.meaning
        assert cause.kind in get_args(CauseClass)


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("wavecom", 513, "temporary"),
        ("wavecom", 515, "temporary"),
        ("simcom-sim800", 513, "permanent_message"),
        ("simcom-sim800", 515, "modem"),
        ("simcom-sim7600", 529, "sim_fault"),
        ("quectel-ec2x", 350, "temporary"),
        ("siemens-tc35", 515, "permanent_destination"),
        ("huawei-e1xx", 537, "temporary"),
        ("generic", 38, None),
        ("generic", 350, None),
    ],
)
def test_the_same_code_means_different_things(
    name: str, code: int, expected: CauseClass | None
) -> None:
    causes = profiles.named(name).causes
    assert kind(causes, code) == expected
    assert (vendor_cause(causes, code) is None) == (expected is None)


@pytest.mark.parametrize(
    ("access", "expected", "seconds"),
    [(0, "2g", 60.0), (3, "2g", 60.0), (2, "3g", 60.0), (6, "3g", 60.0), (7, "lte", 150.0),
     (13, "lte", 150.0), (None, None, 150.0), (99, None, 150.0)],
)  # fmt: skip
def test_time_out_by_technology(access: int | None, expected: str | None, seconds: float) -> None:
    assert technology(access) == expected
    assert GENERIC.submit_timeout(technology(access)) == seconds


def test_switches() -> None:
    assert profiles.named("quectel-ec2x").switch("ims_on") == 'AT+QCFG="ims",1'
    assert profiles.named("siemens-tc35").switch("ims_on") is None
