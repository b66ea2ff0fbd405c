"""``estate-sms audit blocks``: texts that the word filter stopped, and the form of a report about one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from ..config import Config
from ..language import N_
from .options import config_option, json_option, load_config, print_json, print_table, rows
from .session import client, in_house, service_runs

if TYPE_CHECKING:
    from ..audit_door import AuditDoor
    from ..house import House


@click.command("blocks")
@config_option
@json_option
@click.option(
    "--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many."
)
def blocks(config_path: Path | None, as_json: bool, limit: int) -> None:
    """List texts that were stopped: when, whose, what kinds of hits. The texts are kept nowhere."""
    config = load_config(config_path)
    if service_runs(config):
        answer = client(config).call("GET", "/api/v1/audit/blocks", query={"limit": limit})["items"]
    else:
        answer = _listed(config, limit)
    if as_json:
        print_json(answer)
    else:
        columns = (N_("sequence"), N_("at"), N_("actor"), N_("categories"), N_("hits"))
        print_table(columns, rows(answer, columns))


@click.command("block-report")
@config_option
@click.argument("sequence", type=int)
def block_report(config_path: Path | None, sequence: int) -> None:
    """Print the form of a report to the authority about the record SEQUENCE, to complete by hand."""
    config = load_config(config_path)
    if service_runs(config):
        path = f"/api/v1/audit/blocks/{sequence}/report"
        click.echo(client(config).call("GET", path)["text"], nl=False)
        return

    async def work(house: House) -> None:
        click.echo(await _door(house, config).block_report(sequence), nl=False)

    in_house(config, work)


def _listed(config: Config, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    async def work(house: House) -> None:
        found.extend(msgspec.to_builtins(await _door(house, config).blocks(limit)))

    in_house(config, work)
    return found


def _door(house: House, config: Config) -> AuditDoor:
    from ..anchors import Anchoring
    from ..audit_door import AuditDoor

    return AuditDoor(house, Anchoring(house, config), config.sms.signature)
