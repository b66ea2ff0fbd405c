"""``estate-sms policy``: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from estate_sms.gateway.cli.policy import command
from estate_sms.gateway.errors import GatewayError

GOOD = 'version = "1"\n[[rule]]\nname = "no ads"\npurposes = ["commercial"]\ndeny = true\n'
CONFIG = '[policy]\nsend_policy = "{file}"\nquiet_hours = "21:00-08:00"\napproval_above = 20\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "policy.toml").write_text(GOOD, encoding="utf-8")
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(file=tmp_path / "policy.toml"), encoding="utf-8")
    return path


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, list(arguments))
    if isinstance(result.exception, GatewayError):
        raise result.exception
    return result.exit_code, result.stdout


def test_check(config: Path, tmp_path: Path) -> None:
    code, out = _run("check", "--config", str(config), str(tmp_path / "policy.toml"), "--json")
    assert (code, json.loads(out)["rules"]) == (0, ["no ads"])
    (tmp_path / "bad.toml").write_text('versoin = "1"', encoding="utf-8")
    with pytest.raises(GatewayError, match="the nearest is version"):
        _run("check", "--config", str(config), str(tmp_path / "bad.toml"))
    with pytest.raises(GatewayError, match="No such file"):
        _run("check", "--config", str(config), str(tmp_path / "gone.toml"))


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--purpose", "commercial"], 7, "stopped by no ads"),
        (["--purpose", "service", "--recipients", "21"], 4, "held by approval_above"),
        (["--purpose", "service", "--recipients", "5", "--unapproved", "16"], 4, "approval_above"),
        (["--purpose", "service"], 0, "allowed"),
        (["--purpose", "emergency", "--recipients", "999"], 0, "allowed"),
    ],
)
def test_explain(config: Path, arguments: list[str], code: int, words: str) -> None:
    noon = ["--at", "2026-03-02T12:00:00+08:00"]
    found, out = _run("explain", "--config", str(config), *arguments, *noon)
    assert found == code
    assert words in out


def test_explain_at_night(config: Path) -> None:
    night = ["--at", "2026-03-02T23:00:00+08:00", "--json"]
    code, out = _run("explain", "--config", str(config), "--purpose", "service", *night)
    told = json.loads(out)
    assert (code, told["outcome"]) == (0, "postponed")
    assert told["starts_at"] == "2026-03-03T00:00:00.000000Z"
    assert told["lines"][0]["rule"] == "quiet_hours"


def test_explain_wants_sense(config: Path) -> None:
    for wrong in (["--as", "role:boss"], ["--priority", "emergency"], ["--at", "noon"]):
        with pytest.raises(GatewayError):
            _run("explain", "--config", str(config), "--purpose", "service", *wrong)


def test_diff(config: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(GOOD.replace('"1"', '"2"'), encoding="utf-8")
    mine = str(tmp_path / "policy.toml")
    assert _run("diff", "--config", str(config), mine, mine) == (0, "")
    assert _run("diff", "--config", str(config), mine, str(other)) == (1, "~ version: 1 → 2\n")
