"""``estate-sms modems``: the bank at a glance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import Exit
from .options import config_option, json_option, load_config, print_json, print_table
from .session import client


@click.command("modems")
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, /, config_path: Path | None, as_json: bool) -> None:
    """List the modems: identity, network, signal, state."""
    answer = client(load_config(config_path)).call("GET", "/api/v1/modems")
    modems: list[dict[str, Any]] = answer["items"]
    if as_json:
        print_json(answer)
    else:
        columns = ("label", "state", "operator", "signal", "imei", "reason")
        print_table(columns, [[modem.get(column) for column in columns] for modem in modems])
    usable = any(modem["state"] in {"ready", "sending"} for modem in modems)
    ctx.exit(Exit.OK if usable else Exit.NO_MODEM)
