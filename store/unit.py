"""A unit of work: what one caller wants to happen entirely or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .events import Event
from .feed import FeedItem, append

Parameters = Sequence[Any] | Mapping[str, Any]


class UnitOfWork:
    """Handed to a unit, on the store's thread, inside a savepoint of its own.

    Verbs of other rooms take it as their first argument and never await, commit or roll back.
    """

    __slots__ = ("_callbacks", "_events", "_feed", "connection", "now")

    def __init__(self, connection: sqlite3.Connection, now: int) -> None:
        self.connection = connection
        self.now = now
        """Microseconds since 1970 UTC, the same for the whole unit."""
        self._events: list[Event] = []
        self._feed: list[FeedItem] = []
        self._callbacks: list[Callable[[], None]] = []

    def execute(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self.connection.execute(sql, parameters)

    def executemany(self, sql: str, rows: Iterable[Parameters]) -> sqlite3.Cursor:
        """Run one statement for each row."""
        return self.connection.executemany(sql, rows)

    def insert(self, sql: str, parameters: Parameters = ()) -> int:
        """Run an INSERT and return its integer key."""
        key = self.connection.execute(sql, parameters).lastrowid
        assert key is not None
        return key

    def record(self, event: Event) -> None:
        """Have ``event`` sealed into the audit log in this transaction."""
        self._events.append(event)

    def feed(self, topic: str, kind: str, ref: str, body: Mapping[str, Any] | None = None) -> None:
        """Append to the event feed. ``ref`` is a public id; ``body`` holds no personal data."""
        self._feed.append(FeedItem(topic, kind, ref, body or {}))

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Have ``callback`` run on the event loop once the unit is durable; it must not raise."""
        self._callbacks.append(callback)

    def finish(self) -> tuple[list[Event], list[Callable[[], None]], list[FeedItem]]:
        """Write the feed rows; return events, callbacks and what was fed. For the store alone."""
        append(self.connection, self._feed, self.now)
        return self._events, self._callbacks, self._feed
