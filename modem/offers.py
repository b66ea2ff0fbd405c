"""News on their way to the owner, until they are durable there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

_CEILING = 60.0


class Offers:
    """Offers each piece of news until the owner takes it. Used on the event loop only."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, offer: Callable[[], Awaitable[None]], done: Callable[[], None] | None) -> None:
        """Offer now, and again after 1, 2, 4 … 60 s; then call ``done``."""
        task = asyncio.ensure_future(_insist(offer, done))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self, grace: float) -> None:
        """Let what is being taken be taken for ``grace`` s, then give up.

        What a modem has stored is offered by it again; a report that came directly is gone.
        """
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=grace)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks))


async def _insist(offer: Callable[[], Awaitable[None]], done: Callable[[], None] | None) -> None:
    delay = 1.0
    while True:
        try:
            await offer()
            break
        except Exception as error:  # noqa: BLE001 - the owner's trouble, a full disk for one
            structlog.get_logger().warning("news not taken", error=type(error).__name__)
        await asyncio.sleep(delay)
        delay = min(delay * 2, _CEILING)
    if done is not None:
        done()
