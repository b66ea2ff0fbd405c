"""The event feed as Server-Sent Events: read by cursor, so a slow reader costs no memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ..store.clock import rfc3339
from ..store.errors import StoreClosedError
from ..store.feed import FeedRow
from ..store.store import Store

PAGE = 200
"""Feed rows read at once."""
RECHECK = 1.0
"""Seconds after which the feed is read even when nothing woke the stream."""
MERGE = 0.05
"""Seconds between two reads of a busy feed: bounds what a stream costs while a bank sends."""
GREETING = b": estate-sms\nretry: 3000\n\n"
HEARTBEAT = b": still here\n\n"


def render(row: FeedRow) -> bytes:
    """A feed row as one event: its sequence is the id, its topic the event's name."""
    data = msgspec.json.encode(
        {
            "id": row.sequence,
            "at": rfc3339(row.at),
            "topic": row.topic,
            "kind": row.kind,
            "ref": row.ref,
            "body": row.body,
        }
    )
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (row.sequence, row.topic.encode(), data)


@dataclass(slots=True)
class Places:
    """How many streams may be open at once."""

    limit: int
    taken: int = 0

    def take(self) -> bool:
        """Take one, if one is free."""
        free = self.taken < self.limit
        self.taken += free
        return free

    def give_back(self) -> None:
        """Give one back."""
        self.taken -= 1


async def events(
    store: Store,
    closing: asyncio.Event,
    *,
    after: int,
    topics: Sequence[str],
    heartbeat: float,
) -> AsyncGenerator[bytes, None]:
    """The stream's chunks from the cursor ``after`` on, until ``closing``.

    Needs no cleanup of its own: nothing runs while it waits at a ``yield``.
    """
    loop = asyncio.get_running_loop()
    cursor, spoken = after, loop.time()
    try:
        yield GREETING
        while not closing.is_set():
            rows = await store.feed_after(cursor, limit=PAGE)
            cursor = rows[-1].sequence if rows else cursor
            # Filtered here: the cursor must pass the rows of other topics too.
            chunk = b"".join(render(row) for row in rows if not topics or row.topic in topics)
            if not chunk and loop.time() - spoken >= heartbeat:
                chunk = HEARTBEAT
            if chunk:
                spoken = loop.time()
                yield chunk
            if rows:
                await _either(closing, asyncio.sleep(MERGE))
            else:
                await _either(closing, store.wait_fed(min(RECHECK, heartbeat)))
    except StoreClosedError:
        return


async def _either(closing: asyncio.Event, other: Coroutine[Any, Any, Any]) -> None:
    """Wait for ``closing`` or the coroutine ``other``, whichever is first."""
    waiters = {asyncio.create_task(closing.wait()), asyncio.create_task(other)}
    try:
        await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for waiter in waiters:
            waiter.cancel()
