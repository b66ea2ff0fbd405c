"""The units we ship: tight, sound, and in step with the program."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from estate_sms.gateway.cli.main import VERBS
from estate_sms.gateway.config import load

SYSTEMD = Path(__file__).resolve().parents[2] / "systemd"
UNIT = SYSTEMD / "estate-sms.service"


def test_exposure_is_at_most_two() -> None:
    """``--threshold`` is the exposure times ten; above it the command fails."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout[-500:]


def test_the_unit_is_sound(tmp_path: Path) -> None:
    """Verified with the command of this installation in place of the appliance's."""
    here = Path(sys.executable).with_name("estate-sms")
    assert here.exists()
    text = UNIT.read_text().replace(
        "/opt/estate-sms/current/bin/estate-sms", str(here).replace(" ", "\\x20")
    )
    copy = tmp_path / UNIT.name
    copy.write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_exec_start_is_a_verb_of_the_command_line() -> None:
    match = re.search(
        r"^ExecStart=\S+/estate-sms (\w+) --config (\S+)$", UNIT.read_text(), re.MULTILINE
    )
    assert match
    assert match[1] in VERBS
    assert match[2] == "/etc/estate-sms/config.toml"


def test_the_example_configuration_loads() -> None:
    config = load(SYSTEMD / "config.example.toml", {})
    assert config.data_dir == "/var/lib/estate-sms"
    assert f"d {config.data_dir} " in (SYSTEMD / "estate-sms.tmpfiles.conf").read_text()
    assert [entry.label for entry in config.modem] == ["A1"]
