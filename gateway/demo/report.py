"""The delivery report: every accepted message by state and by cause."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.table import Table

from ..client import Client
from .screen import Screen

ACCOUNTED = frozenset(
    {
        "delivered", "undeliverable", "expired", "failed", "cancelled", "rejected", "recalled",
        "submitted", "in_doubt",
    }
)  # fmt: skip
"""Final, or openly waiting for the network: whatever else would be a message without an account."""

_WORDS = {
    "delivered": "the handset has it",
    "submitted": "the SMSC took it, no report yet",
    "in_doubt": "unknown, and called so",
    "undeliverable": "the network reported so",
    "expired": "its validity ended",
    "failed": "refused",
    "cancelled": "stopped before it was sent",
    "recalled": "withheld or deleted at the SMSC",
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
    table.add_column("state")
    table.add_column("cause")
    table.add_column("messages", justify="right")
    table.add_column("share", justify="right")
    table.add_column("which means")
    counts = Counter((row["state"], row.get("cause") or "") for row in rows)
    for (state, cause), count in counts.most_common():
        share = f"{100 * count / len(rows):.1f} %"
        table.add_row(state, cause, str(count), share, _WORDS.get(state, ""))
    screen.console.print(table)


def unaccounted(rows: list[dict[str, Any]]) -> int:
    """How many messages are neither final nor openly waiting."""
    return sum(row["state"] not in ACCOUNTED for row in rows)
