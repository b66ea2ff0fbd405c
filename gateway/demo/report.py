"""The delivery report: every accepted message by state and by cause."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.table import Table

from ..client import Client
from ..language import N_, _, word
from .screen import Screen

ACCOUNTED = frozenset(
    {
        "delivered", "undeliverable", "expired", "failed", "cancelled", "rejected", "recalled",
        "submitted", "in_doubt",
    }
)  # fmt: skip
"""Final, or openly waiting for the network: whatever else would be a message without an account."""

_WORDS = {
    "delivered": N_("the handset has it"),
    "submitted": N_("the SMSC took it, no report yet"),
    "in_doubt": N_("unknown, and called so"),
    "undeliverable": N_("the network reported so"),
    "expired": N_("its validity ended"),
    "failed": N_("refused"),
    "cancelled": N_("stopped before it was sent"),
    "recalled": N_("withheld or deleted at the SMSC"),
}


def messages(client: Client, batch: str) -> list[dict[str, Any]]:
    """Every message of a batch."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        query = {"batch": batch, "limit": 500} | ({"cursor": cursor} if cursor else {})
        page = client.call("GET", "/api/v1/messages", query=query)
        found += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            return found


def show(screen: Screen, title: str, rows: list[dict[str, Any]]) -> None:
    """Print one batch's report."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=None, padding=(0, 3, 0, 0)
    )
    table.add_column(_("state"))
    table.add_column(_("cause"))
    table.add_column(_("messages"), justify="right")
    table.add_column(_("share"), justify="right")
    table.add_column(_("which means"))
    counts = Counter((row["state"], row.get("cause") or "") for row in rows)
    for (state, cause), count in counts.most_common():
        share = f"{100 * count / len(rows):.1f} %"
        table.add_row(
            word(state), cause, str(count), share, word(_WORDS[state]) if state in _WORDS else ""
        )
    screen.console.print(table)


def unaccounted(rows: list[dict[str, Any]]) -> int:
    """How many messages are neither final nor openly waiting."""
    return sum(row["state"] not in ACCOUNTED for row in rows)
