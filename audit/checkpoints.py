"""When checkpoints are signed: every 1,000 records, after 60 seconds if dirty, and at the end.

A quiet day ends too: its epoch is closed at midnight, not at the next record.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable

import structlog

from ..store.errors import StoreError
from ..store.sql import load
from ..store.store import Store
from .log import NEW_DAY, STOP, AuditLog

_SQL = load(__name__, "log.sql")
RECORDS = 1000
"""Unsigned records after which a checkpoint is due at once."""
SECONDS = 60.0
"""Age after which one is due for any unsigned record."""


def newest_signed(connection: sqlite3.Connection) -> int:
    """When the newest checkpoint was signed, microseconds since 1970 UTC; 0 when there is none."""
    row = connection.execute(_SQL["newest_signed"]).fetchone()
    return 0 if row is None else int(row[0])


async def checkpoint(store: Store, log: AuditLog) -> None:
    """Sign what is durable now. Raises a :class:`~..store.errors.StoreError`."""
    await store.write(log.write_checkpoint)


async def keep_checkpoints(
    store: Store,
    log: AuditLog,
    *,
    records: int = RECORDS,
    seconds: float = SECONDS,
    poll: float = 1.0,
) -> None:
    """Sign when it is due, until cancelled. A store that cannot write is tried again later."""
    loop = asyncio.get_running_loop()
    dirty_since: float | None = None
    while True:
        await asyncio.sleep(poll)
        if log.day_over(store.now):
            await _try(store.write(lambda uow: uow.record(NEW_DAY)))
        unsigned = log.unsigned
        if not unsigned:
            dirty_since = None
            continue
        dirty_since = dirty_since or loop.time()
        if unsigned < records and loop.time() - dirty_since < seconds:
            continue
        if await _try(checkpoint(store, log)):
            dirty_since = None


async def _try(write: Awaitable[None]) -> bool:
    try:
        await write
    except StoreError as error:
        structlog.get_logger().warning("audit.checkpoint_failed", error=type(error).__name__)
        return False
    return True


async def close_log(store: Store, log: AuditLog) -> None:
    """Close the epoch and sign its closing checkpoint; call it last, before ``store.close()``.

    A crash on the way, or a store that cannot write, leaves what the next start puts in order.
    """
    await store.write(lambda uow: uow.record(STOP))
    await checkpoint(store, log)
