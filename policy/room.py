"""Back-pressure at the door: how much may wait before new work is refused."""

from __future__ import annotations

import asyncio
import sqlite3

from ..store.sql import load
from ..store.store import Store
from .errors import PolicyError

_SQL = load(__name__, "room.sql")
_SECONDS = 1.0


class Room:
    """Knows about how much waits: counted at most once a second, added up in between."""

    def __init__(self, store: Store, limit: int) -> None:
        """``limit``: messages that may wait (held, scheduled, queued); 0 = any number."""
        self._store = store
        self._limit = limit
        self._waiting = 0
        self._counted_at = float("-inf")

    async def require(self, messages: int) -> None:
        """Raises ``queue_full`` (503) when ``messages`` more would be too many."""
        if not self._limit:
            return
        now = asyncio.get_running_loop().time()
        if now - self._counted_at > _SECONDS:
            self._counted_at = now
            self._waiting = await self._store.read(self._count)
        if self._waiting + messages > self._limit:
            raise PolicyError("queue_full", waiting=self._waiting, limit=self._limit)
        # Those under way count at once: the callers of this second are refused too.
        self._waiting += messages

    def _count(self, connection: sqlite3.Connection) -> int:
        return int(connection.execute(_SQL["waiting"], (self._limit,)).fetchone()[0])
