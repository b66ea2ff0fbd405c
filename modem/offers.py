"""News on their way to the owner, until they are durable there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

_FIRST, _CEILING = 1.0, 60.0

Offer = Callable[[], Awaitable[object]]
Done = Callable[[], None] | None


class Offers:
    """Offers each piece of news until the owner takes it. Used on the event loop only."""

    def __init__(self) -> None:
        self._open: set[asyncio.Future[object]] = set()
        self._stopped = False

    def start(self, offer: Offer, done: Done) -> None:
        """Offer now, and again after 1, 2, 4 … 60 s; then call ``done``."""
        self._offer(offer, done, _FIRST)

    async def stop(self, grace: float) -> None:
        """Let what is being taken be taken for ``grace`` s, then give up.

        What a modem has stored is offered by it again; a report that came directly is gone.
        """
        self._stopped = True
        if self._open:
            await asyncio.wait(set(self._open), timeout=grace)
        for taken in list(self._open):
            taken.cancel()
        if self._open:
            await asyncio.wait(set(self._open))

    def _offer(self, offer: Offer, done: Done, delay: float) -> None:
        if self._stopped:
            return
        taken = asyncio.ensure_future(offer())
        self._open.add(taken)
        taken.add_done_callback(partial(self._answered, offer, done, delay))

    def _answered(
        self, offer: Offer, done: Done, delay: float, taken: asyncio.Future[object]
    ) -> None:
        self._open.discard(taken)
        if taken.cancelled():
            return
        if (error := taken.exception()) is not None:  # the owner's trouble, a full disk for one
            structlog.get_logger().warning("news not taken", error=type(error).__name__)
            again = min(delay * 2, _CEILING)
            asyncio.get_running_loop().call_later(delay, self._offer, offer, done, again)
        elif done is not None:
            done()
