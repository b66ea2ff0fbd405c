"""Emergencies first, between messages: no message of a lower class begins while one waits."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from .transmitter import HandOver

HANDING = 0.5
"""Seconds that other modems wait for an emergency to be handed over by the one that took it."""


class Gate:
    """What the lanes know of waiting emergencies. Used on the event loop, but for
    :class:`GatedHandOver`."""

    def __init__(self) -> None:
        self._raised = 0
        self._lowered = 0
        self._handing: set[int] = set()
        self._clear = asyncio.Event()
        self._clear.set()

    @property
    def waiting(self) -> bool:
        """Whether an emergency may be waiting: look before a lower class begins."""
        return self._raised != self._lowered

    def raise_(self) -> None:
        """An emergency may have come."""
        self._raised += 1

    @property
    def mark(self) -> int:
        """What to give :meth:`lower` after looking."""
        return self._raised

    def lower(self, mark: int) -> None:
        """There was none when looked at since ``mark``; a later :meth:`raise_` still counts."""
        self._lowered = max(self._lowered, mark)

    def taken(self, attempt: int) -> None:
        """A free modem took an emergency whose first part is ``attempt``: the others wait for it."""
        self._handing.add(attempt)
        self._clear.clear()

    def handed(self, attempts: Collection[int]) -> None:
        """It is on the air, or was not sent."""
        self._handing.difference_update(attempts)
        if not self._handing:
            self._clear.set()

    @property
    def closed(self) -> bool:
        """Whether an emergency is about to be handed over."""
        return bool(self._handing)

    async def passed(self) -> None:
        """Wait until it was, at most :data:`HANDING` seconds: a stuck modem must not stop all."""
        try:
            await asyncio.wait_for(self._clear.wait(), HANDING)
        except TimeoutError:
            self._handing.clear()
            self._clear.set()


class GatedHandOver:
    """A :class:`~.transmitter.HandOver` that opens the gate when its emergency is handed over."""

    def __init__(self, ring: HandOver, gate: Gate, loop: asyncio.AbstractEventLoop) -> None:
        self._ring = ring
        self._gate = gate
        self._loop = loop

    def may_begin(self) -> bool:
        """Nothing comes before an emergency."""
        return True

    def begin(self, attempt: int) -> None:
        """Note it in the ring, then let the others go on."""
        self._ring.begin(attempt)
        self._loop.call_soon_threadsafe(self._gate.handed, (attempt,))

    def answered(self, attempt: int, tp_mr: int) -> None:
        """Note it in the ring."""
        self._ring.answered(attempt, tp_mr)
