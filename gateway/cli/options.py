"""Options every verb shares, and the one way each of them prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from ..config import DEFAULT_PATH, Config, load
from ..errors import GatewayError
from ..language import _, word

_ONE_LINE = 10_000
"""Columns of what is no terminal."""
_LEAST = 20
"""Columns of a cell that is still pleasant to read."""
F = TypeVar("F", bound=Callable[..., Any])

EMULATED_DATA = Path("estate-sms-data")
"""Where ``serve --emulate`` keeps its data when there is no configuration file."""

config_option = click.option(
    "--config", "config_path", type=click.Path(path_type=Path), envvar="ESTATE_SMS_CONFIG",
    help=f"Configuration file; default {DEFAULT_PATH}.",
)  # fmt: skip
PURPOSE_HELP = "What it is for: decides on hours and opt-outs."
PRIORITY_HELP = "Its class; default normal, with purpose emergency: emergency."
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def load_config(path: Path | None) -> Config:
    """The named configuration, or the default one, or that of ``serve --emulate`` in this folder."""
    if path is None and not DEFAULT_PATH.exists():
        if EMULATED_DATA.is_dir():
            return emulated_config()
        words = _(
            "there is no {path} and no --config; to try without modems: estate-sms serve --emulate 4"
        )
        raise GatewayError(words.format(path=DEFAULT_PATH))
    return load(path or DEFAULT_PATH)


def emulated_config() -> Config:
    """The configuration without a file: data in :data:`EMULATED_DATA` of this folder."""
    config = load(None)
    if config.data_dir == Config().data_dir:
        return msgspec.structs.replace(config, data_dir=str(EMULATED_DATA))
    return config


def print_json(value: Any) -> None:  # noqa: ANN401 - any JSON
    """Print ``value`` as JSON on stdout."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print an aligned table on stdout; wide characters count double.

    Headings that are marked for the catalogue (``N_``) appear in the reader's language.

    Nothing is cut off: into a pipe or a file each row is one line. On a terminal the widest column
    breaks; where that would leave it less than :data:`_LEAST`, each row is a block of lines.
    """
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table

    console = Console()
    titles = [word(heading) for heading in headings]
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(titles, *cells, strict=True)]
    spare = console.width - sum(widths) - 2 * (len(widths) - 1)
    table = Table(box=None, pad_edge=False, header_style="bold")
    if console.is_terminal and spare < 0 and max(widths) + spare < _LEAST:
        table.show_header = False
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        for row in cells:
            for title, cell in zip(titles, row, strict=True):
                table.add_row(title, cell)
            table.add_row()
    else:
        for place, title in enumerate(titles):
            least = None if widths[place] == max(widths) else widths[place]
            table.add_column(title, overflow="fold", min_width=least)
        for row in cells:
            table.add_row(*row)
    Console(width=None if console.is_terminal else _ONE_LINE).print(table)


def rows(items: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[list[object]]:
    """The cells of :func:`print_table`; states in the reader's language."""
    return [
        [word(item[name]) if name == "state" else item[name] for name in columns] for item in items
    ]


def say(text: str) -> None:
    """Print prose on stderr."""
    click.echo(text, err=True)
