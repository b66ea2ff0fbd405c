"""Progress as one sees it: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ..language import _, word

_LINE_EVERY = 5.0
"""Seconds between plain lines."""
_AIR = ("submitting",)
_ACCEPTED = ("submitted", "delivered", "undeliverable", "expired")
_STYLE = {
    "ready": "dim", "sending": "bold green", "faulty": "bold red", "absent": "red", "resting": "yellow",
}  # fmt: skip


class Screen:
    """Prints what happens; ``with`` keeps the live part up."""

    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self._live: Live | None = None
        self._printed = 0.0

    def say(self, text: str, style: str = "") -> None:
        """A line of the story."""
        self.console.print(Text(text, style), soft_wrap=True)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live = Live(console=self.console, refresh_per_second=8, transient=True)
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def show(
        self, title: str, batch: dict[str, Any], modems: list[dict[str, Any]], *, last: bool = False
    ) -> None:
        """One look at a batch under way and at the modems that carry it."""
        if self._live is not None:
            self._live.update(Group(_headline(title, batch), _bank(modems)))
        elif last or time.monotonic() - self._printed >= _LINE_EVERY:
            self._printed = time.monotonic()
            self.console.print(_plain(title, batch, modems), soft_wrap=True)


def accepted(batch: dict[str, Any]) -> int:
    """How many messages of a batch the SMSC has taken."""
    return sum(batch["counts"].get(state, 0) for state in _ACCEPTED)


def total(batch: dict[str, Any]) -> int:
    """How many messages a batch has."""
    return sum(batch["counts"].values())


def _headline(title: str, batch: dict[str, Any]) -> Table:
    done, of = accepted(batch), total(batch)
    delivered = batch["counts"].get("delivered", 0)
    line = Table.grid(padding=(0, 2))
    eta = batch.get("eta_seconds")
    words = _("{done}/{of} sent, {delivered} delivered")
    if eta:
        words += _(", about {eta:.0f} s left")
    line.add_row(
        Text(title, "bold"), ProgressBar(total=of or 1, completed=done, width=40),
        words.format(done=done, of=of, delivered=delivered, eta=eta),
    )  # fmt: skip
    return line


def _bank(modems: list[dict[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    columns = 4
    for _column in range(columns):
        table.add_column(_("modem"))
        table.add_column(_("state"))
        table.add_column(_("sent"), justify="right")
    cells: list[Text] = []
    for modem in modems:
        style = _STYLE.get(modem["state"], "")
        cells += [Text(modem["label"]), Text(word(modem["state"]), style), Text(str(sent(modem)))]
    width = 3 * columns
    for start in range(0, len(cells), width):
        table.add_row(*cells[start : start + width])
    return table


def sent(modem: dict[str, Any]) -> int:
    """How many segments a modem has had accepted since the service began."""
    return int(modem.get("counters", {}).get("submits", 0))


def _plain(title: str, batch: dict[str, Any], modems: list[dict[str, Any]]) -> str:
    busy = sum(modem["state"] == "sending" for modem in modems)
    each = " ".join(f"{modem['label']}:{sent(modem)}" for modem in modems)
    delivered = batch["counts"].get("delivered", 0)
    words = _(
        "  {title}: {done}/{of} sent, {delivered} delivered, {busy}/{modems} modems on the air | {each}"
    )
    return words.format(
        title=title, done=accepted(batch), of=total(batch), delivered=delivered,
        busy=busy, modems=len(modems), each=each,
    )  # fmt: skip


def wait_for(done: Callable[[], bool], *, patience: float, pause: float = 0.25) -> bool:
    """Ask ``done`` again and again for at most ``patience`` seconds; whether it became true."""
    deadline = time.monotonic() + patience
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
