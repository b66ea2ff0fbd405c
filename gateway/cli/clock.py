"""``estate-sms clock``: whether the machine's clock is believed, and taking it by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import Exit
from .options import config_option, json_option, load_config, print_json
from .session import client

_WORDS = {
    "sure": "the machine's clock is believed",
    "apart": "the machine's clock jumped; this gateway goes on by its own time",
    "unknown": "the machine's clock is wrong; only emergencies are sent",
}


@click.group("clock", invoke_without_command=True)
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, /, config_path: Path | None, as_json: bool) -> None:
    """Show the time that the gateway goes by; exit 1 when the machine's is another."""
    if ctx.invoked_subcommand is None:
        answer = client(load_config(config_path)).call("GET", "/api/v1/clock")
        _show(answer, as_json=as_json)
        ctx.exit(Exit.OK if answer["state"] == "sure" else Exit.FAILURE)


@command.command("accept")
@config_option
@json_option
def accept(config_path: Path | None, as_json: bool) -> None:
    """The machine's clock is right: go by it from now on."""
    answer = client(load_config(config_path)).call("POST", "/api/v1/clock/accept")
    _show(answer, as_json=as_json)


def _show(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    click.echo(f"{answer['now'][:19].replace('T', ' ')} UTC: {_WORDS[answer['state']]}")
    if answer["state"] != "sure":
        click.echo(f"the machine's clock is {answer['off_seconds']:+,.0f} s away")
