"""What the bank receives, and the long messages whose other parts never come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from ..store.errors import StoreClosedError, StoreError
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from .inbox_parts import PATIENCE, SeenInbound, any_stale, close_stale, take_inbound


class InboxSink:
    """Takes what the bank receives. ``normalise`` brings a sender into E.164 when it can."""

    def __init__(self, store: Store, vault: Vault, normalise: Callable[[str], str] = str) -> None:
        self._store = store
        self._vault = vault
        self._normalise = normalise

    async def inbound(self, seen: SeenInbound) -> None:
        """Store a part; returns once that is durable. A part that came before is dropped."""
        sender = self._normalise(seen.sender)

        def unit(uow: UnitOfWork) -> None:
            take_inbound(uow, self._vault, seen, sender)

        await self._store.write(unit)

    async def run(self, pause: float = 60.0) -> None:
        """Show incomplete messages in time, until cancelled; ``pause`` in seconds.

        What is due stands in the database: a restart loses nothing, and looks at once.
        """
        while True:
            try:
                await self.close_incomplete()
            except StoreClosedError:
                return
            except StoreError as error:
                structlog.get_logger().warning("inbox_wait", error=type(error).__name__)
            await asyncio.sleep(pause)

    async def close_incomplete(self) -> int:
        """Show what of long messages came, when the rest did not within :data:`PATIENCE`; how many.

        Writes nothing when there is nothing.
        """
        older_than = self._store.now - PATIENCE
        if not await self._store.read(lambda c: any_stale(c, older_than)):
            return 0
        return await self._store.write(lambda uow: close_stale(uow, self._vault, older_than))
