"""``estate-sms doctor``: what is wrong with this installation, and the line that fixes it."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import Exit
from .options import config_option, json_option, load_config, print_json

_STYLE = {"ok": "green", "note": "cyan", "warning": "yellow", "error": "red"}


@click.command("doctor")
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, /, config_path: Path | None, as_json: bool) -> None:
    """Check configuration, data directory, keys, network and modems."""
    from ..doctor import examine

    findings = examine(load_config(config_path))
    if as_json:
        print_json([{"grade": f.grade, "what": f.what, "fix": f.fix} for f in findings])
    for finding in [] if as_json else findings:
        click.echo(f"{click.style(f'{finding.grade:8}', _STYLE[finding.grade])}{finding.what}")
        if finding.fix:
            click.echo(f"        → {finding.fix}")
    worst = {finding.grade for finding in findings}
    ctx.exit(Exit.FAILURE if "error" in worst else Exit.OK)
