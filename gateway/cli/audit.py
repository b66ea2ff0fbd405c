"""``estate-sms audit``: cut an export, verify one."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from ..config import Config
from .options import config_option, json_option, load_config, print_json, say
from .session import client, service_runs


@click.group("audit")
def command() -> None:
    """Export the sealed log, or verify an export without the box it came from."""


@command.command("export")
@config_option
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--from", "from_", help="RFC 3339 time of the first record.")
@click.option("--to", help="RFC 3339 time; records before it.")
@click.option(
    "--for", "recipient", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The auditor's public key: only they can open the records then.",
)  # fmt: skip
def export(
    config_path: Path | None, output: Path, from_: str | None, to: str | None,
    recipient: Path | None,
) -> None:  # fmt: skip
    """Write the log, or the records of a period, into one file. The export is itself recorded."""
    config = load_config(config_path)
    key = recipient.read_text(encoding="utf-8") if recipient else None
    if service_runs(config):
        body = {"from": from_, "to": to, "recipient": key}
        wanted = {name: value for name, value in body.items() if value is not None}
        client(config).download("/api/v1/audit/exports", wanted, output)
    else:
        _export_here(config, output, from_, to, key)
    say(f"{output}: {output.stat().st_size} bytes; estate-sms audit verify {output}")


def _export_here(
    config: Config, output: Path, from_: str | None, to: str | None, key: str | None
) -> None:
    from ..audit_door import AuditDoor
    from ..house import open_house
    from .administration import moment
    from .failures import plain_errors

    since = None if from_ is None else _micros(moment(from_))
    until = None if to is None else _micros(moment(to))

    async def work() -> None:
        async with open_house(config) as house:
            await AuditDoor(house).export_to(output, "cli", since=since, until=until, recipient=key)

    with plain_errors():
        asyncio.run(work())


def _micros(moment: datetime) -> int:
    from ...store.clock import from_datetime

    return from_datetime(moment)


@command.command("verify")
@config_option
@json_option
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def verify(ctx: click.Context, /, config_path: Path | None, as_json: bool, file: Path) -> None:
    """Verify FILE: exit 0 VALID-ANCHORED, 3 VALID-UNANCHORED, 8 INVALID."""
    from ...audit.verify import verify_file

    del config_path  # every verb takes it; a file is verified without the box's settings
    verdict = verify_file(file)
    if as_json:
        print_json(asdict(verdict))
    else:
        click.echo(verdict.outcome)
        say(verdict.reason)
        for finding in verdict.findings:
            say(f"- {finding}")
        if verdict.outcome != "INVALID":
            say(
                f"{verdict.size} records in {verdict.epochs} epochs, {verdict.checkpoints} signed "
                f"checkpoints, {verdict.opened} bodies opened; log {verdict.origin}"
            )
    ctx.exit(verdict.exit_code)
