"""The command line as a whole: quick to start, documented, one module a verb."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from estate_sms.gateway.cli.main import VERBS, cli

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "command-line.md"
HEAVY = ("litestar", "httpx", "cryptography", "rich", "phonenumbers", "uvicorn", "serial")


def test_the_start_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom estate_sms.gateway.cli.main import cli\n"
        "cli.main(['--help'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def _leaves(command: click.Command) -> Iterator[click.Command]:
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _leaves(inner)
    else:
        yield command


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_exists_takes_config_and_is_documented(verb: str) -> None:
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None
    leaves = list(_leaves(command))
    for leaf in leaves:
        assert "--config" in {option for p in leaf.params for option in p.opts}, leaf.name
        assert leaf.help
    assert f"| `{verb}" in REFERENCE.read_text(encoding="utf-8")
