"""``estate-sms status --watch``: the queue and the bank on one screen, kept up to date."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..language import N_, _, word
from .watch_bank import STYLES, lines_for, modems

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

    from ..client import Client

EVERY = 1.0
_STYLES = STYLES | {"held": "yellow", "scheduled": "cyan", "in_doubt": "bold red"}
_ORDER = ("sending", "paused", "held", "scheduled")
_ALARMS = 4
_BAR = 14
_LEAST_BAR = 8
"""Columns of a progress bar: it gets what the rest of a line leaves."""
_FIXED = 76
"""Columns that the rest of a batch's line takes."""
_NARROW = 60
"""Columns below which addresses, classes and what is empty make way."""
_END = 7
"""Characters that tell a batch's id apart there."""
_OTHERS = 10
"""Lines beside alarms, batches and modems: head, classes, headings and what keeps them apart."""


def watch(connect: Callable[[], Client], collect: Callable[[Client], dict[str, Any]]) -> None:
    """Draw until interrupted. A service that does not answer is shown as such, not an end."""
    from rich.console import Console
    from rich.live import Live

    console, http = Console(), None
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            http, shown = look(http, connect, collect, console)
            live.update(shown, refresh=True)
            time.sleep(EVERY)


def look(
    http: Client | None, connect: Callable[[], Client],
    collect: Callable[[Client], dict[str, Any]], console: Console,
) -> tuple[Client | None, RenderableType]:  # fmt: skip
    """One picture, and the client for the next: a service that was started anew has another
    address and token, so that a client which failed is not used again."""
    from rich.panel import Panel

    from ..errors import GatewayError

    try:
        http = http or connect()
        return http, screen(collect(http), console)
    except GatewayError as error:
        ends = _("Ctrl-C ends")
        return None, Panel(str(error), title="estate-sms", subtitle=ends, border_style="red")


def screen(answer: dict[str, Any], console: Console) -> RenderableType:
    """One picture of what :func:`~.status.collect` found, for the size of ``console``."""
    from rich.console import Group
    from rich.text import Text

    width, bank = console.width, answer["bank"]
    alarms = [Text(f"! {alarm['message']}", style="bold red", no_wrap=True)
              for alarm in answer["alarms"][:_ALARMS]]  # fmt: skip
    room = console.height - _OTHERS - len(alarms)
    batches = max(3, room // 2, room - lines_for(bank, width))
    table, used = _batches(answer, batches, width)
    return Group(
        _head(answer, width), *alarms, Text(), _classes(answer, width), Text(), table, Text(),
        *modems(bank, width, max(2, room - used)),
    )  # fmt: skip


def _head(answer: dict[str, Any], width: int) -> Text:
    from rich.text import Text

    clock = datetime.now().astimezone().strftime("%H:%M:%S")
    where = "" if width < _NARROW else f"  {answer['url']}"
    head = Text(f"estate-sms{where}  {clock}", style="bold", no_wrap=True)
    doubt = answer["in_doubt"]
    if doubt:
        more = "+" if answer["in_doubt_more"] else ""
        head.append(
            "   " + _("{count} in doubt").format(count=f"{doubt}{more}"), style=_STYLES["in_doubt"]
        )
    return head.append("   " + _("Ctrl-C ends"), style="not bold dim")


def _classes(answer: dict[str, Any], width: int) -> Table:
    """What waits, by class; from the batches that are shown."""
    from rich.table import Table

    counts: dict[str, Counter[str]] = {}
    for batch in answer["batches"]:
        counts.setdefault(batch["priority"], Counter()).update(batch["counts"])
    all_of_them = ("queued", "submitting", "scheduled", "held", "in_doubt")
    columns = [
        column
        for column in all_of_them
        if width >= _NARROW or column == "queued" or any(c[column] for c in counts.values())
    ]
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


def _batches(answer: dict[str, Any], rows: int, width: int) -> tuple[Table, int]:
    """A table of at most ``rows`` lines below its headings, and how many they are."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    narrow = width < _NARROW
    bar = min(_BAR, width - _FIXED) if width - _FIXED >= _LEAST_BAR else 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    names = (*(() if narrow else (N_("class"),)), N_("state"), "", N_("done"), N_("left"))
    # The end of an id tells it apart.
    table.add_column(_("batch"), no_wrap=True, min_width=_END + 1 if narrow else 21)
    for name in names:
        if bar or name:
            table.add_column(word(name), no_wrap=True)
    batches = sorted(answer["batches"], key=lambda batch: _ORDER.index(batch["state"]))
    fit = rows if len(batches) <= rows else rows - 1
    for batch in batches[:fit]:
        total = sum(batch["counts"].values()) or 1
        waiting = ("held", "scheduled", "queued", "submitting")
        done = total - sum(batch["counts"].get(state, 0) for state in waiting)
        shown = ProgressBar(total=total, completed=done, width=bar, complete_style="green")
        table.add_row(
            *([f"…{batch['id'][-_END:]}"] if narrow else [batch["id"], word(batch["priority"])]),
            Text(word(batch["state"]), style=_STYLES.get(batch["state"], "")),
            *([shown] if bar else []), f"{done:,}/{total:,}", _end(batch),
        )  # fmt: skip
    hidden = len(batches) - fit
    if hidden > 0:
        table.add_row(_("… {count} more").format(count=hidden))
    if not batches:
        table.add_row(Text(_("nothing waits"), style="dim"))
    return table, max(min(len(batches), rows), 1)


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
