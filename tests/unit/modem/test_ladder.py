"""The pure parts of recovery: order of rungs, waits, readings of unsolicited lines, power commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from estate_sms.modem.ladder import RUNGS, Climb, Ladder
from estate_sms.modem.power import PowerCommand, PowerError
from estate_sms.modem.signs import Signs
from estate_sms.modem.vendors.profiles import named


def test_rungs_are_taken_in_order_and_quarantine_is_the_end() -> None:
    climb = Climb(Ladder())
    possible = frozenset(RUNGS)
    assert tuple(climb.next(possible) for _ in RUNGS) == RUNGS
    assert climb.next(possible) == "quarantine"
    climb.reset()
    assert climb.next(frozenset({"radio", "power"})) == "radio"
    assert climb.next(frozenset({"radio", "power"})) == "power"
    assert climb.next(frozenset()) == "quarantine"


def test_a_quarantined_modem_is_left_alone_longer_each_time() -> None:
    climb = Climb(Ladder())
    assert not climb.quarantined
    assert [climb.wait() for _ in range(6)] == [60.0, 120.0, 300.0, 900.0, 900.0, 900.0]
    assert climb.quarantined


@pytest.mark.parametrize(
    ("profile", "line", "sign"),
    [
        ("generic", '+CMTI: "SM",3', "stored"),
        ("generic", "+CREG: 2", "registration"),
        ("generic", "+CPIN: NOT READY", "sim"),
        ("generic", "RDY", "boot"),
        ("generic", "RING", "ring"),
        ("generic", "^RSSI:18", ""),
        ("quectel-ec2x", '+QIND: "smsfull","ME"', "stored"),
        ("quectel-ec2x", "+QSIMSTAT: 1,0", "sim"),
        ("quectel-ec2x", "POWERED DOWN", "boot"),
        ("huawei-e3xx", "^SIMST:255", "sim"),
        ("zte-mf", "+ZUSIMR:2", "sim"),
    ],
)
def test_lines_by_the_tables_of_the_make(profile: str, line: str, sign: str) -> None:
    assert Signs(named(profile)).read(line) == sign


def test_a_boot_number_that_is_only_repeated_is_no_boot() -> None:
    signs = Signs(named("huawei-e3xx"))
    assert signs.read("^BOOT:20952548,0,0,0,72") == ""
    assert signs.read("^BOOT:20952548,0,0,0,73") == ""
    assert signs.read("^BOOT:31415926,0,0,0,72") == "boot"


def test_a_power_command_gets_label_and_port_and_no_shell(tmp_path: Path) -> None:
    out = tmp_path / "out"
    script = tmp_path / "switch"
    script.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > "{out}"\n')
    script.chmod(0o700)
    power = PowerCommand({"A1": f"'{script}' '{{label}};x' {{port}}", "A2": "false", "A3": " "})
    assert (power.can("A1"), power.can("A3"), power.can("A4")) == (True, False, False)
    power.cycle("A1", "/dev/serial/by-path/a b")
    assert out.read_text() == "A1;x|/dev/serial/by-path/a b|"
    for label in ("A2", "A4"):
        with pytest.raises(PowerError):
            power.cycle(label, "/dev/x")
    with pytest.raises(PowerError):
        PowerCommand({"A1": "sleep 20"}, timeout=0.05).cycle("A1", "/dev/x")
