"""The command line as a whole: quick to start, documented, one module a verb."""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from estate_sms.gateway.cli.main import VERBS, cli
from estate_sms.gateway.cli.options import print_table

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "docs" / "reference" / "command-line.md"
PAGES = [*ROOT.glob("README*.md"), *ROOT.glob("docs/*/*.md")]
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


def _typed() -> Iterator[tuple[str, list[str]]]:
    """Every command of ours that a page's shell blocks tell people to type."""
    for page in PAGES:
        for block in re.findall(
            r"^ *```sh\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        ):
            lines = block.replace("\\\n", " ").splitlines()
            for line in lines:
                if found := re.search(r"(?:^|[\s(]|/bin/)estate-sms ([a-z].*)", line):
                    command = re.split(r"[|)>&;]", found[1])[0]
                    yield page.name, shlex.split(command, comments=True)


def test_what_the_pages_tell_people_to_type_exists() -> None:
    typed = list(_typed())
    assert len(typed) > 30
    for page, words in typed:
        said = f"{page}: estate-sms {' '.join(words)}"
        command: click.Command = cli
        while isinstance(command, click.Group):
            inner = command.get_command(click.Context(command), words.pop(0))
            assert inner is not None, said
            command = inner
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        options = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert options <= known, said
        needed = [p for p in command.params if isinstance(p, click.Argument) and p.required]
        assert len([word for word in words if not word.startswith("-")]) >= len(needed), said


def test_a_table_in_a_pipe_cuts_nothing_off(capsys: pytest.CaptureFixture[str]) -> None:
    words = "楼道消防通道清理通知" * 30
    print_table(["id", "name", "note"], [["w1m849cgfqja67m4h80k1", words, None], ["b", 7, "c"]])
    header, first, second = (line.split() for line in capsys.readouterr().out.splitlines())
    assert header == ["id", "name", "note"]
    assert first == ["w1m849cgfqja67m4h80k1", words]
    assert second == ["b", "7", "c"]


@pytest.mark.parametrize(("columns", "lines"), [(120, 2), (40, 14)])
def test_a_table_on_a_narrow_terminal_is_a_block_for_each_row(columns: int, lines: int) -> None:
    code = (
        "from estate_sms.gateway.cli.options import print_table\n"
        "print_table([f'c{n}' for n in range(13)], [['value'] * 13])"
    )
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES", "NO_COLOR"}}
    subprocess.run(
        [sys.executable, "-c", code],
        stdout=slave, stdin=slave, check=True, env={**environment, "TERM": "xterm"}, timeout=60,
    )  # fmt: skip
    os.close(slave)
    shown = os.read(master, 65_536).decode()
    os.close(master)
    assert len(shown.splitlines()) == lines
    assert shown.count("value") == 13
