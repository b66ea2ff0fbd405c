"""``estate-sms audit``: cut an export, verify one, anchor the log outside the box."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..config import Config
from ..heard import heard
from ..language import _
from .anchor import anchor
from .blocks import block_report, blocks
from .options import config_option, json_option, load_config, print_json, say
from .session import client, in_house, service_runs

if TYPE_CHECKING:
    from ..house import House


@click.group("audit")
def command() -> None:
    """Export the sealed log, verify an export without the box it came from, anchor the log."""


@command.command("export")
@config_option
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)  # fmt: skip
@click.option("--from", "from_", help="RFC 3339 time of the first record.")
@click.option("--to", help="RFC 3339 time; records before it.")
@click.option(
    "--for", "recipient", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The auditor's public key: only they can open the records then.",
)  # fmt: skip
@click.option("--sealed", is_flag=True, help="With --for: seal the whole file for the auditor.")
def export(
    config_path: Path | None, output: Path, from_: str | None, to: str | None,
    recipient: Path | None, sealed: bool,
) -> None:  # fmt: skip
    """Write the log, or the records of a period, into one file. The export is itself recorded."""
    if sealed and recipient is None:
        raise click.UsageError(_("--sealed needs --for: whom is the file for?"))
    config = load_config(config_path)
    key = recipient.read_text(encoding="utf-8") if recipient else None
    if service_runs(config):
        body = {"from": from_, "to": to, "recipient": key, "sealed": sealed or None}
        wanted = {name: value for name, value in body.items() if value is not None}
        client(config).download("/api/v1/audit/exports", wanted, output)
    else:
        _export_here(config, output, from_, to, key, sealed=sealed)
    words = _("{file}: {size} bytes; estate-sms audit verify {file}")
    say(words.format(file=output, size=output.stat().st_size))


def _export_here(
    config: Config,
    output: Path,
    from_: str | None,
    to: str | None,
    key: str | None,
    *,
    sealed: bool,
) -> None:
    from ..anchors import Anchoring
    from ..audit_door import AuditDoor

    since, until = _micros(from_), _micros(to)

    async def work(house: House) -> None:
        door = AuditDoor(house, Anchoring(house, config))
        await door.export_to(output, "cli", since=since, until=until, recipient=key, sealed=sealed)

    in_house(config, work)


def _micros(given: str | None) -> int | None:
    from ...store.clock import from_datetime
    from .administration import moment

    found: datetime | None = None if given is None else moment(given)
    return None if found is None else from_datetime(found)


@command.command("verify")
@config_option
@json_option
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--anchor", "anchors", multiple=True, metavar="TEXT|FILE",
    help="A tree head you hold: an anchor SMS, or a printed note. May be given several times.",
)  # fmt: skip
@click.option(
    "--witness", "witnesses", multiple=True, metavar="KEY|FILE",
    help="Public key of a witness whose signatures in the file count.",
)  # fmt: skip
@click.option(
    "--auditor", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The auditor's private key (PEM): opens a file made with --for.",
)  # fmt: skip
@click.option(
    "--view", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.csv",
    help="Write the table for Excel with every record that could be opened.",
)  # fmt: skip
@click.option("--person", default="", metavar="NAME_IN_LOG", help="With --view: only these rows.")
@click.pass_context
def verify(
    ctx: click.Context, /, config_path: Path | None, as_json: bool, file: Path,
    anchors: tuple[str, ...], witnesses: tuple[str, ...], auditor: Path | None,
    view: Path | None, person: str,
) -> None:  # fmt: skip
    """Verify FILE: exit 0 VALID-ANCHORED, 3 VALID-UNANCHORED, 8 INVALID."""
    from ...audit.errors import FormatError
    from ...audit.verify import verify_file
    from ...audit.verify_command import (
        given_anchor,
        given_auditor,
        given_view,
        given_witness,
        report,
    )

    del config_path  # every verb takes it; a file is verified without the box's settings
    try:
        with ExitStack() as stack:
            verdict = verify_file(
                file,
                anchors=[given_anchor(text) for text in anchors],
                auditor=None if auditor is None else given_auditor(auditor),
                witnesses=[given_witness(text) for text in witnesses],
                view=None if view is None else given_view(stack, view),
                person=person,
            )
    except FormatError as error:
        raise click.UsageError(heard(str(error))) from error
    if as_json:
        print_json(asdict(verdict))
    else:
        click.echo(verdict.outcome)
        for line in report(verdict):
            say(heard(line))
    ctx.exit(verdict.exit_code)


for other in (anchor, blocks, block_report):
    command.add_command(other)
