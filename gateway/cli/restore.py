"""``estate-sms restore``: an earlier state comes back, and nothing of it is sent by itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import msgspec

from .options import config_option, json_option, load_config, print_json, say


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
        say(f"{file}: made {manifest.made_at}, {manifest.messages} messages")
        if not yes:
            click.confirm(f"Put it in place of what is in {config.data_dir}?", abort=True, err=True)
        report = asyncio.run(restore(config, file))
    queue = report.queue
    if as_json:
        print_json(
            {
                "made_at": report.manifest.made_at,
                **msgspec.to_builtins(queue),
                "withdrawn": report.withdrawn,
                "undo": None if report.undo is None else str(report.undo),
            }
        )
    say(
        f"{queue.held} messages of {queue.batches} batches are held: a second person approves them."
    )
    say(f"{queue.in_doubt} parts were on their way: in doubt.")
    say(f"{report.withdrawn} revocations, erasures and opt-outs since then were made again.")
    if not report.present_readable:
        say(
            "The replaced database cannot be read: revocations and erasures since then are not known."
        )
    if report.undo is not None:
        say(f"What was there before is in {report.undo}; remove it once you are sure.")
