"""``estate-sms serve``."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from ..config import DEFAULT_PATH
from ..language import _
from .options import config_option, emulated_config, load_config, say


@click.command("serve")
@config_option
@click.option(
    "--emulate", type=click.IntRange(0, 256), default=0, metavar="N",
    help="Add N emulated modems: nothing is really sent through them.",
)  # fmt: skip
@click.option(
    "--emulate-settings", type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Timing and network of the emulated bank, as JSON.",
)  # fmt: skip
@click.option("--verbose", is_flag=True, help="Log more.")
def command(
    config_path: Path | None, emulate: int, emulate_settings: Path | None, verbose: bool
) -> None:
    """Run the gateway until SIGTERM or Ctrl-C."""
    from ..logs import configure
    from ..service import serve
    from .emulation import read_settings
    from .failures import plain_errors

    configure(verbose=verbose)
    if config_path is None and emulate and not DEFAULT_PATH.exists():
        config = emulated_config()
        words = _("no configuration file: data in {path}")
        say(words.format(path=Path(config.data_dir).resolve()))
    else:
        config = load_config(config_path)
    settings = read_settings(emulate_settings)
    with plain_errors():
        asyncio.run(serve(config, emulate, settings))
