"""How much is worked on at once: what is more waits a while at the door, unread, and is then refused."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

SMALL = 64 * 1024
"""Octets of a body that is never held up: a warning to some thousand people."""
OCTETS = 8 * 1024 * 1024
"""Octets of larger bodies that are worked on at once; in memory each takes several times as many."""
EXCHANGES = 1_000
"""Requests at once, answered or waiting."""
PATIENCE = 10.0
"""Seconds that a larger one waits for its turn."""


class Load:
    """One for the application; on the event loop. In the order of arrival."""

    def __init__(
        self, octets: int = OCTETS, exchanges: int = EXCHANGES, patience: float = PATIENCE
    ) -> None:
        self._free = octets
        self._octets = octets
        self._places = exchanges
        self._patience = patience
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def enter(self, octets: int) -> bool:
        """Take a place for a body of so many octets; ``False``: there is none. Then not :meth:`leave`."""
        if not self._places:
            return False
        self._places -= 1
        weight = self._weight(octets)
        if not weight or (not self._waiting and weight <= self._free):
            self._free -= weight
            return True
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((weight, turn))
        try:
            async with asyncio.timeout(self._patience):
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            self._give_up(weight, turn)
            if isinstance(error, TimeoutError):
                return False
            raise
        return True

    def leave(self, octets: int) -> None:
        """Give it back."""
        self._places += 1
        self._free += self._weight(octets)
        self._call()

    def _weight(self, octets: int) -> int:
        """One that is larger than all there is takes all there is."""
        return 0 if octets <= SMALL else min(octets, self._octets)

    def _give_up(self, weight: int, turn: asyncio.Future[None]) -> None:
        self._places += 1
        if turn.done() and not turn.cancelled():
            self._free += weight  # called at the very moment when its patience ended
        with contextlib.suppress(ValueError):
            self._waiting.remove((weight, turn))
        self._call()

    def _call(self) -> None:
        while self._waiting and self._waiting[0][0] <= self._free:
            weight, turn = self._waiting.popleft()
            if not turn.done():
                self._free -= weight
                turn.set_result(None)
