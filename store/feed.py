"""The event feed: an append-only table written with the change it speaks of, read by cursor."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from .sql import load

_SQL = load(__name__, "feed.sql")
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class FeedItem:
    """Something to tell: its topic (``message``, ``batch``, ``modem``, ``inbox``, ``alarm``, …)."""

    topic: str
    kind: str
    ref: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One row of the feed. ``at`` is in microseconds since 1970 UTC."""

    sequence: int
    at: int
    topic: str
    kind: str
    ref: str
    body: dict[str, Any]


def append(connection: sqlite3.Connection, items: Sequence[FeedItem], now: int) -> None:
    """Write ``items`` inside the caller's transaction."""
    if items:
        connection.executemany(
            _SQL["append"],
            [(now, i.topic, i.kind, i.ref, _encode(i.body).decode()) for i in items],
        )


def read(
    connection: sqlite3.Connection, after: int, limit: int = 500, topics: Sequence[str] = ()
) -> list[FeedRow]:
    """Rows with a sequence above ``after``, oldest first, of ``topics`` (all when empty)."""
    rows = connection.execute(_SQL["read"], (after, limit)).fetchall()
    return [
        FeedRow(seq, at, topic, kind, ref, msgspec.json.decode(body))
        for seq, at, topic, kind, ref, body in rows
        if not topics or topic in topics
    ]


def head(connection: sqlite3.Connection) -> int:
    """The highest sequence so far, 0 when there is none."""
    return int(connection.execute(_SQL["head"]).fetchone()[0])


def newest(connection: sqlite3.Connection) -> int:
    """When the newest row was written, microseconds since 1970 UTC; 0 when there is none."""
    row = connection.execute(_SQL["newest"]).fetchone()
    return 0 if row is None else int(row[0])
