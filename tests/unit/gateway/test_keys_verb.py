"""``estate-sms keys`` while no service runs: setting up, what waits, and the way back in."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from estate_sms.gateway.cli import keys, people
from estate_sms.gateway.errors import GatewayError


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "config.toml"
    path.write_text(
        f'data_dir = "{tmp_path / "data"}"\n[[modem]]\nport = "auto"\nlabel = "A1"\n', "utf-8"
    )
    return str(path)


def _run(command: click.Command, *arguments: str) -> tuple[str, str]:
    result = CliRunner().invoke(command, list(arguments))
    if isinstance(result.exception, GatewayError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


def test_two_persons_for_a_key_and_when_nobody_is_left(config: str) -> None:
    def create(name: str, *more: str) -> tuple[str, str]:
        key = ["create", "--config", config, "--person", name, "--scope", "approve", *more, name]
        return _run(keys.command, *key)

    for name in ("王", "赵", "新"):
        _run(people.command, "add", "--config", config, name)
    for name in ("王", "赵"):
        _, said = create(name)
        assert "approved" not in said, "setting up takes one"
    token, said = create("新", "--reason", "a third")
    assert len(token.splitlines()) == 1, "the token stands alone on stdout"
    out, _ = _run(keys.command, "grants", "--config", config, "--json")
    (grant,) = json.loads(out)
    assert (grant["state"], grant["reason"]) == ("proposed", "a third")
    assert f"POST /api/v1/keys/grants/{grant['id']}/approve" in said
    with pytest.raises(GatewayError, match="leave --alone out"):
        create("新", "--alone", "--reason", "no patience")
    for name in ("王", "赵"):
        _run(people.command, "disable", "--config", config, name)
    with pytest.raises(GatewayError, match="--alone --reason"):
        create("新")
    with pytest.raises(GatewayError, match="reason"):
        create("新", "--alone")
    create("新", "--alone", "--reason", "both moved away")
    table, _ = _run(keys.command, "grants", "--config", config)
    assert "alone" in table
    assert "approve" in table
