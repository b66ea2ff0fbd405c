"""``estate-sms doctor``: what is wrong with this installation, and the line that fixes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Exit
from ..language import speaking, word
from .options import config_option, json_option, load_config, print_json

if TYPE_CHECKING:
    from ..findings import Finding

_STYLE = {"ok": "green", "note": "cyan", "warning": "yellow", "error": "red"}


@click.command("doctor")
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, /, config_path: Path | None, as_json: bool) -> None:
    """Check configuration, data directory, keys, network and modems."""
    from ..doctor import examine

    config = load_config(config_path)
    if as_json:
        with speaking("en"):
            findings = examine(config)
        print_json([{"grade": f.grade, "what": f.what, "fix": f.fix} for f in findings])
    else:
        findings = examine(config)
        for finding in findings:
            _show(finding)
    worst = {finding.grade for finding in findings}
    ctx.exit(Exit.FAILURE if "error" in worst else Exit.OK)


def _show(finding: Finding) -> None:
    from rich.cells import set_cell_size

    grade = set_cell_size(word(finding.grade), 8)
    click.echo(f"{click.style(grade, _STYLE[finding.grade])}{finding.what}")
    if finding.fix:
        click.echo(f"        → {finding.fix}")
