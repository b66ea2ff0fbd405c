"""``estate-sms audit anchor``: tree heads that someone outside the box holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..config import Config
from ..errors import GatewayError
from ..language import N_, _, word
from .options import config_option, json_option, load_config, print_json, print_table, say
from .session import client, in_house, service_runs

if TYPE_CHECKING:
    from ..house import House


@click.group("anchor")
def anchor() -> None:
    """Have the log's newest tree head held outside the box; see who holds what."""


@anchor.command("add")
@config_option
@click.option("--by", required=True, help="Who signs the printed note.")
def add(config_path: Path | None, by: str) -> None:
    """Print the tree head for paper, and keep a receipt of who signs it."""
    _anchor(config_path, "paper", by)


@anchor.command("list")
@config_option
@json_option
@click.option(
    "--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="How many."
)
def list_(config_path: Path | None, as_json: bool, limit: int) -> None:
    """Show the newest anchors, whom each reached, and what nobody outside vouches for yet."""
    config = load_config(config_path)
    if service_runs(config):
        query = {"limit": limit}
        answer = client(config).call("GET", "/api/v1/audit/anchors", query=query)
    else:
        answer = _anchors_here(config, limit)
    if as_json:
        print_json(answer)
        return
    rows = [
        (a["at"][:16], a["kind"], a["size"], a["by"],
         ", ".join(f"{d['to'] or _('(erased)')} {word(d['state'])}" for d in a["deliveries"]))
        for a in answer["items"]
    ]  # fmt: skip
    print_table((N_("at"), N_("kind"), N_("records"), N_("by"), N_("reached")), rows)
    words = _("{count} of {records} records came after what somebody holds")
    say(words.format(count=answer["unanchored"], records=answer["records"]))


def _anchors_here(config: Config, limit: int) -> dict[str, Any]:
    import msgspec

    from ..anchors import Anchoring
    from ..audit_door import AuditDoor

    found: list[dict[str, Any]] = []

    async def work(house: House) -> None:
        answer = await AuditDoor(house, Anchoring(house, config)).anchors(limit)
        found.append(msgspec.json.decode(msgspec.json.encode(answer)))

    in_house(config, work)
    return found[0]


@anchor.command("sms")
@config_option
def sms(config_path: Path | None) -> None:
    """Send the tree head to the phones of [audit] anchor_phones now."""
    _anchor(config_path, "sms")


@anchor.command("witness")
@config_option
def witness(config_path: Path | None) -> None:
    """Ask the witness of [audit] witness_url for its signature now."""
    _anchor(config_path, "witness")


@anchor.command("key")
@config_option
def key(config_path: Path | None) -> None:
    """Print the key by which a witness knows this log: for estate-sms witness serve --log."""
    from ...audit.anchoring import newest_head
    from ...audit.witness_client import log_key

    config = load_config(config_path)
    if service_runs(config):
        head: str = client(config).call("GET", "/api/v1/audit/head")["checkpoint"]
        click.echo(log_key(Path(config.data_dir), head.split("\n")[0])[1].text())
        return

    async def work(house: House) -> None:
        found = await house.store.read(newest_head)
        click.echo(log_key(house.data_dir, found.checkpoint.origin)[1].text())

    in_house(config, work)


def _anchor(config_path: Path | None, kind: str, by: str = "") -> None:
    from ..anchors import Anchoring
    from ..audit_door import AuditDoor

    config = load_config(config_path)
    if service_runs(config):
        body = {"kind": kind, "by": by}
        click.echo(
            client(config).call("POST", "/api/v1/audit/anchors", body)["checkpoint"], nl=False
        )
        return
    if kind == "sms":
        raise GatewayError(_("an SMS needs the running service: estate-sms serve"))

    async def work(house: House) -> None:
        from ...policy.callers import CLI

        head = await AuditDoor(house, Anchoring(house, config)).anchor(CLI, kind, by)
        click.echo(head.checkpoint, nl=False)

    in_house(config, work)
