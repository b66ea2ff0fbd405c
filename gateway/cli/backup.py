"""``estate-sms backup``: a copy of the database, also while the service sends."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from ..config import Config
from ..language import _
from .options import config_option, json_option, load_config, print_json, say
from .session import client, service_runs

if TYPE_CHECKING:
    from ...store.backup import Manifest


@click.command("backup")
@config_option
@json_option
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(config_path: Path | None, as_json: bool, file: Path) -> None:
    """Copy the database into FILE, which must not exist yet. The service may go on sending.

    No key is in it: keep the key file elsewhere, and apart from the backup.
    """
    from importlib import metadata

    from ...store.backup import write_backup
    from ...store.clock import rfc3339, system_clock
    from ...store.store import DATABASE
    from .failures import plain_errors

    config = load_config(config_path)
    database = Path(config.data_dir) / DATABASE
    with plain_errors():
        os.nice(10)  # sending goes first
        version = metadata.version("estate-sms")
        manifest = write_backup(database, file, product=version, made_at=rfc3339(system_clock()))
        try:
            _note(config, manifest)
        except BaseException:
            file.unlink()  # a copy of everything that nobody recorded must not exist
            raise
    if as_json:
        print_json({"file": str(file), **msgspec.to_builtins(manifest)})
    words = _("{file}: {size} bytes, {count} messages")
    say(words.format(file=file, size=file.stat().st_size, count=manifest.messages))
    say(_("The keys are not in it: without the key file nobody can restore it, you neither."))


def _note(config: Config, manifest: Manifest) -> None:
    """Have the sealed log record that a copy was made."""
    body = {"sha256": manifest.sha256, "octets": manifest.octets, "made_at": manifest.made_at}
    if service_runs(config):
        client(config).call("POST", "/api/v1/backups", body)
        return
    from ...policy.callers import CLI
    from ...policy.operations import backup_made
    from ..house import open_house

    async def work() -> None:
        async with open_house(config) as house:
            event = backup_made(CLI, manifest.sha256, manifest.octets, manifest.made_at)
            await house.store.write(lambda uow: uow.record(event))

    asyncio.run(work())
