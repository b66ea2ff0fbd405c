"""``estate-sms privacy``: the message ledger, masked or, with leave, in full."""

from __future__ import annotations

from pathlib import Path

import click

from ..language import N_, _
from .options import config_option, json_option, load_config, print_json, print_table, rows, say
from .rights import rights


@click.command("ledger")
@config_option
@click.option("--from", "from_", help="RFC 3339 time of the first entry.")
@click.option("--to", help="RFC 3339 time; entries before it.")
@click.option(
    "--disclosure", metavar="ID",
    help="Everything as it is, of the period that another person allowed (privacy disclose).",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)  # fmt: skip
def ledger(
    config_path: Path | None, from_: str | None, to: str | None, disclosure: str | None,
    output: Path,
) -> None:  # fmt: skip
    """Write the message ledger of a period as CSV, for Excel, numbers masked and personal texts left
    out. That it was made is recorded."""
    rights(load_config(config_path)).ledger(from_, to, output, disclosure)
    say(_("{file}: {size} bytes").format(file=output, size=output.stat().st_size))


@click.command("disclose")
@config_option
@click.option("--from", "from_", help="RFC 3339 time of the first entry.")
@click.option("--to", help="RFC 3339 time; entries before it.")
@click.option("--purpose", required=True, help="What for, and who gets it; goes into the record.")
def disclose(config_path: Path | None, from_: str | None, to: str | None, purpose: str) -> None:
    """Ask for the ledger of a period with numbers and texts as they are; another person decides."""
    click.echo(rights(load_config(config_path)).ask_disclosure(from_, to, purpose))
    say(_("once another person has allowed it: estate-sms privacy ledger --disclosure ID"))


@click.command("disclosures")
@config_option
@json_option
def disclosures(config_path: Path | None, as_json: bool) -> None:
    """List requests for the ledger in full, and what was decided."""
    items = rights(load_config(config_path)).disclosures()
    if as_json:
        print_json(items)
    else:
        columns = (
            "id", N_("state"), N_("proposed_by"), N_("purpose"), N_("decided_by"), N_("expires_at"), N_("used_at"),
        )  # fmt: skip
        print_table(columns, rows(items, columns))
