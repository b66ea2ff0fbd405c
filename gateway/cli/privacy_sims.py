"""``estate-sms privacy``: the register of SIMs."""

from __future__ import annotations

from pathlib import Path

import click

from ..language import N_, _
from .options import config_option, json_option, load_config, print_json, print_table, rows, say
from .rights import rights


@click.command("sims")
@config_option
@json_option
def sims(config_path: Path | None, as_json: bool) -> None:
    """Show the register of SIMs; identities are masked."""
    items = rights(load_config(config_path)).sims()
    if as_json:
        print_json(items)
    else:
        columns = (N_("state"), "imsi", "iccid", N_("holder"), N_("modem"), "imei", N_("last_seen"))
        print_table(columns, rows(items, columns))


@click.command("register-sim")
@config_option
@click.option("--holder", required=True, help="The real-name holder.")
@click.argument("sim")
def register_sim(config_path: Path | None, holder: str, sim: str) -> None:
    """Declare SIM: an IMSI, or the end of the IMSI or ICCID of one that was seen."""
    rights(load_config(config_path)).register_sim(sim, holder)
    say(_("registered"))


@click.command("retire-sim")
@config_option
@click.argument("sim")
def retire_sim(config_path: Path | None, sim: str) -> None:
    """Take SIM out of use; it stays in the register."""
    rights(load_config(config_path)).retire_sim(sim)
    say(_("retired"))
