"""``estate-sms status --watch``: the queue and the bank on one screen, kept up to date."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..language import N_, _, word

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from ..client import Client

EVERY = 1.0
_STYLES = {
    "ready": "green", "sending": "bold green", "resting": "yellow", "paused": "magenta",
    "held": "yellow", "scheduled": "cyan", "in_doubt": "bold red", "delivered": "green",
}  # fmt: skip
_ORDER = ("sending", "paused", "held", "scheduled")
_MODEMS = 64
_ALARMS = 4
_BAR = 14
"""Columns of a progress bar at most: it gets what the rest of a line leaves."""
_FIXED = 76
"""Columns that the rest of a batch's line takes."""
_CELL = 25
"""Columns of the screen that a modem takes: label, state, signal."""


def watch(http: Client, collect: Callable[[Client], dict[str, Any]]) -> None:
    """Draw until interrupted. A service that does not answer is shown as such, not an end."""
    from rich.console import Console
    from rich.live import Live

    from ..errors import GatewayError

    console = Console()
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            try:
                shown = screen(collect(http), console)
            except GatewayError as error:
                from rich.panel import Panel

                shown = Panel(str(error), title="estate-sms", border_style="red")
            live.update(shown, refresh=True)
            time.sleep(EVERY)


def screen(answer: dict[str, Any], console: Console) -> RenderableType:
    """One picture of what :func:`~.status.collect` found, for the width of ``console``."""
    from rich.console import Group
    from rich.text import Text

    clock = datetime.now().astimezone().strftime("%H:%M:%S")
    head = Text(f"estate-sms  {answer['url']}  {clock}", style="bold", no_wrap=True)
    doubt = answer["in_doubt"]
    if doubt:
        more = "+" if answer["in_doubt_more"] else ""
        head.append(
            "   " + _("{count} in doubt").format(count=f"{doubt}{more}"), style=_STYLES["in_doubt"]
        )
    alarms = [Text(f"! {alarm['message']}", style="bold red", no_wrap=True)
              for alarm in answer["alarms"][:_ALARMS]]  # fmt: skip
    room = console.height - 6 - len(alarms)
    return Group(
        head, *alarms, Text(), _classes(answer), Text(), _batches(answer, max(3, room // 2), console.width), Text(),
        _modems(answer["bank"]),
    )  # fmt: skip


def _classes(answer: dict[str, Any]) -> Table:
    """What waits, by class; from the batches that are shown."""
    from rich.table import Table

    counts: dict[str, Counter[str]] = {}
    for batch in answer["batches"]:
        counts.setdefault(batch["priority"], Counter()).update(batch["counts"])
    columns = ("queued", "submitting", "scheduled", "held", "in_doubt")
    table = Table(_("class"), box=None, pad_edge=False, header_style="bold")
    for column in columns:
        heading = word(column).replace("_", " ")
        table.add_column(heading, justify="right", style=_STYLES.get(column))
    for name in ("emergency", "urgent", "normal", "bulk"):
        found = counts.get(name, Counter[str]())
        table.add_row(
            word(name),
            *(f"{found[column]:,}" if found[column] else "[dim white]·" for column in columns),
        )
    return table


def _batches(answer: dict[str, Any], rows: int, width: int) -> Table:
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    bar = max(0, min(_BAR, width - _FIXED))
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(_("batch"), no_wrap=True, min_width=21)  # the end of an id tells it apart
    for name in (N_("class"), N_("state"), *([""] if bar else []), N_("done"), N_("left")):
        table.add_column(word(name), no_wrap=True)
    batches = sorted(answer["batches"], key=lambda batch: _ORDER.index(batch["state"]))
    for batch in batches[:rows]:
        total = sum(batch["counts"].values()) or 1
        waiting = ("held", "scheduled", "queued", "submitting")
        done = total - sum(batch["counts"].get(state, 0) for state in waiting)
        shown = ProgressBar(total=total, completed=done, width=bar, complete_style="green")
        table.add_row(
            batch["id"], word(batch["priority"]),
            Text(word(batch["state"]), style=_STYLES.get(batch["state"], "")),
            *([shown] if bar else []), f"{done:,}/{total:,}", _end(batch),
        )  # fmt: skip
    hidden = len(answer["batches"]) - rows
    if hidden > 0:
        table.add_row(_("… {count} more").format(count=hidden))
    if not answer["batches"]:
        table.add_row(Text(_("nothing waits"), style="dim"))
    return table


def _end(batch: dict[str, Any]) -> str:
    """How long it takes and until when, in the estate's time; or why nobody can say."""
    if batch["done_by"] is None:
        return word(batch["eta_unknown"] or "").replace("_", " ")
    end = until(batch["done_by"])
    return end if "-" in end else f"{left(batch['eta_seconds'])}, {end}"


def until(moment: str) -> str:
    """A moment of the estate (RFC 3339) as people say it: with its day unless that is today."""
    at = datetime.fromisoformat(moment)
    today = at.date() == datetime.now(at.tzinfo).date()
    return f"{at:%H:%M}" if today else f"{at:%m-%d %H:%M}"


def _modems(bank: list[dict[str, Any]]) -> RenderableType:
    """As many side by side as fit."""
    from rich.cells import set_cell_size
    from rich.columns import Columns
    from rich.text import Text

    cells: list[Text] = []
    for modem in bank[:_MODEMS]:
        signal = "" if modem.get("signal_dbm") is None else f" {modem['signal_dbm']} dBm"
        cell = Text(f"{modem['label']:<5}", no_wrap=True)
        cell.append(
            set_cell_size(word(modem["state"]), 11), style=_STYLES.get(modem["state"], "red")
        )
        cell.append(signal, style="dim")
        cells.append(cell)
    return Columns(cells, width=_CELL, padding=(0, 1))


def left(seconds: float | None) -> str:
    """A duration as people say it."""
    if seconds is None:
        return ""
    if seconds < 90:
        return _("{n:.0f} s").format(n=seconds)
    if seconds < 5_400:
        return _("{n:.0f} min").format(n=seconds / 60)
    if seconds < 129_600:
        return _("{n:.1f} h").format(n=seconds / 3600)
    return _("{n:.0f} d").format(n=seconds / 86_400)
