"""``estate-sms alarms``: what is wrong, and what was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import Exit
from ..language import N_, _
from .options import config_option, json_option, load_config, print_json, print_table, say
from .session import client

_COLUMNS = (N_("raised_at"), N_("cleared_at"), N_("code"), N_("ref"), N_("message"))


@click.command("alarms")
@config_option
@json_option
@click.option("--all", "everything", is_flag=True, help="Those that are over, too.")
@click.pass_context
def command(
    ctx: click.Context, /, config_path: Path | None, as_json: bool, everything: bool
) -> None:
    """List the alarms that stand; exit 1 when there are any."""
    answer = client(load_config(config_path)).call("GET", "/api/v1/alarms")
    shown = answer["open"] + (answer["recent"] if everything else [])
    if as_json:
        print_json(answer)
    elif shown:
        print_table(_COLUMNS, [[alarm[column] for column in _COLUMNS] for alarm in shown])
    else:
        say(_("no alarm stands"))
    ctx.exit(Exit.FAILURE if answer["open"] else Exit.OK)


def line(alarm: dict[str, Any]) -> str:
    """One alarm in a line."""
    since = alarm["raised_at"][:16].replace("T", " ")
    said = _("alarm since {since} UTC: {what}").format(since=since, what=alarm["message"])
    return said if alarm["told_at"] else said + _(" (nobody was told)")
