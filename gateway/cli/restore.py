"""``estate-sms restore``: an earlier state comes back, and nothing of it is sent by itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from ..language import _
from .options import config_option, json_option, load_config, print_json, say

if TYPE_CHECKING:
    from ..restore import Report


@click.command("restore")
@config_option
@json_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
def command(config_path: Path | None, as_json: bool, yes: bool, file: Path) -> None:
    """Put the database in FILE in place of the present one; the service must be stopped.

    What waited when FILE was made is held until a second person approves it; what was on its way
    is in doubt. The present state is moved aside, so that this can be undone.
    """
    from ...store.backup import read_manifest
    from ..restore import restore
    from .failures import plain_errors

    config = load_config(config_path)
    with plain_errors():
        manifest = read_manifest(file)
        words = _("{file}: made {at}, {count} messages")
        say(words.format(file=file, at=manifest.made_at, count=manifest.messages))
        if not yes:
            asked = _("Put it in place of what is in {path}?").format(path=config.data_dir)
            click.confirm(asked, abort=True, err=True)
        report = asyncio.run(restore(config, file))
    if as_json:
        print_json(
            {
                "made_at": report.manifest.made_at,
                **msgspec.to_builtins(report.queue),
                "withdrawn": report.withdrawn,
                "undo": None if report.undo is None else str(report.undo),
            }
        )
    _say(report)


def _say(report: Report) -> None:
    queue = report.queue
    words = _("{count} messages of {batches} batches are held: a second person approves them.")
    say(words.format(count=queue.held, batches=queue.batches))
    say(_("{count} parts were on their way: in doubt.").format(count=queue.in_doubt))
    words = _("{count} revocations, erasures and opt-outs since then were made again.")
    say(words.format(count=report.withdrawn))
    if not report.present_readable:
        say(
            _(
                "The replaced database cannot be read: revocations and erasures since then are not "
                "known."
            )
        )
    if report.undo is not None:
        words = _("What was there before is in {path}; remove it once you are sure.")
        say(words.format(path=report.undo))
