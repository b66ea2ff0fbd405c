"""``estate-sms emulate``: the emulated bank alone, for trying drivers and other programs."""

from __future__ import annotations

from pathlib import Path

import click

from ..language import _
from .options import config_option, say


@click.command("emulate")
@config_option
@click.argument("count", type=click.IntRange(1, 256))
@click.option(
    "--dir", "directory", type=click.Path(file_okay=False, path_type=Path), required=True,
    help="Where the ports are linked, as modem0, modem1, …; the air log stands there too.",
)  # fmt: skip
@click.option(
    "--settings", "settings_file", type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Timing and network, as JSON.",
)  # fmt: skip
def command(
    config_path: Path | None, count: int, directory: Path, settings_file: Path | None
) -> None:
    """Run COUNT emulated modems until interrupted."""
    from ...modem.emulator.bank import run_bank
    from ...modem.emulator.settings import Settings
    from .emulation import read_settings

    del config_path  # every verb takes it; this one needs none
    words = _("{count} modems: {folder}/modem0 … ; Ctrl-C ends them")
    say(words.format(count=count, folder=directory))
    directory.mkdir(parents=True, exist_ok=True)
    run_bank(count, directory, read_settings(settings_file) or Settings())
