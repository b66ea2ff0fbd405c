"""What time alone does at the desk: leave that did not come in time, countersigns that are overdue."""

from __future__ import annotations

import asyncio

import structlog

from ..queue import batches
from ..store.errors import StoreClosedError, StoreError
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from .break_glass import alarm_overdue

_SQL = load(__name__, "senders.sql")
SLICE = 20
"""Batches in one unit: each may hold ten thousand messages."""
EXPIRED = "approval expired"


class Terms:
    """Looks every now and then. What is due stands in the database: a restart loses nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def run(self, pause: float = 20.0) -> None:
        """Until cancelled; ``pause`` in seconds."""
        while True:
            try:
                while await self.once():
                    pass
            except StoreClosedError:
                return
            except StoreError as error:
                structlog.get_logger().warning("terms_wait", error=type(error).__name__)
            await asyncio.sleep(pause)

    async def once(self) -> int:
        """Do what is due; how many things that were. Writes nothing when there is nothing."""
        now = self._store.now
        due = await self._store.read(
            lambda c: bool(
                c.execute(_SQL["expired"], (now, 1)).fetchone()
                or c.execute(_SQL["overdue"], (now, 1)).fetchone()
            )
        )
        return await self._store.write(lambda uow: expire(uow) + alarm_overdue(uow)) if due else 0


def expire(uow: UnitOfWork) -> int:
    """Give back to their submitters the batches whose leave did not come in time; how many."""
    rows = uow.execute(_SQL["expired"], (uow.now, SLICE)).fetchall()
    for (public_id,) in rows:
        batches.return_(uow, public_id, "system", EXPIRED)
        uow.feed("alarm", "approval_expired", public_id)
    return len(rows)
