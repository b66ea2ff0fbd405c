"""``estate-sms clock``: whether the machine's clock is believed, and taking it by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import Exit
from ..language import N_, _
from .options import config_option, json_option, load_config, print_json
from .session import client

_WORDS = {
    "sure": N_("the machine's clock is believed"),
    "apart": N_("the machine's clock jumped; this gateway goes on by its own time"),
    "unknown": N_("the machine's clock is wrong; only emergencies are sent"),
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
    now = answer["now"][:19].replace("T", " ")
    click.echo(_("{now} UTC: {what}").format(now=now, what=_(_WORDS[answer["state"]])))
    if answer["state"] != "sure":
        words = _("the machine's clock is {seconds:+,.0f} s away")
        click.echo(words.format(seconds=answer["off_seconds"]))
