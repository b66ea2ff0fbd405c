"""What goes into an export, decided before its first byte is written."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from ..store.sql import load
from .boot import origin_of
from .epochs import hot_key
from .errors import AuditError
from .keys import Keys

_SQL = load(__name__, "export.sql")


class ExportError(AuditError):
    """The export could not be made; no file was left behind."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes into the file, decided before the first byte."""

    origin: str
    size: int
    first: int
    last: int
    epochs: list[tuple[int, int, int | None, bytes]]
    keys: dict[int, bytes]

    def inside(self, seq: int) -> bool:
        """Whether the record is shown in full."""
        return self.first <= seq <= self.last


def plan_of(connection: sqlite3.Connection, keys: Keys, from_text: str, to_text: str) -> Plan:
    """What to show of the period (RFC 3339 or empty). Raises :class:`ExportError`."""
    row = connection.execute(_SQL["last_checkpoint"]).fetchone()
    if row is None:
        msg = "the log has no checkpoint yet"
        raise ExportError(msg)
    size: int = row[0]
    first, last = _range(connection, size, from_text, to_text)
    epochs = connection.execute(_SQL["epochs"], (size,)).fetchall()
    disclosed: dict[int, bytes] = {}
    for epoch, opened, closed, _ in epochs:
        touched = opened <= last and (closed is None or closed >= first)
        key = hot_key(connection, keys, epoch) if touched else None
        if key is not None:
            disclosed[epoch] = key
    return Plan(origin_of(connection), size, first, last, epochs, disclosed)


def _range(
    connection: sqlite3.Connection, size: int, from_text: str, to_text: str
) -> tuple[int, int]:
    """First and last record to show: the period's and a neighbour on each side."""
    if not from_text and not to_text:
        return 0, size - 1
    period = {"size": size, "from": from_text, "to": to_text}
    first, last = connection.execute(_SQL["period"], period).fetchone()
    if first is None:
        # Nothing happened then: the records before and after show it.
        before = connection.execute(_SQL["last_before"], period).fetchone()[0]
        first, last = (0, -1) if before is None else (before + 1, before)
    return max(0, first - 1), min(size - 1, last + 1)
