"""Between the queue, which goes by our time, and the bank, which goes by the machine's clock."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import replace

from ..queue.transmitter import Deletion, HandOver, Outgoing, PartResult, Transmitter
from ..store.steady import SteadyClock


class OnMachineTime:
    """A ``Transmitter`` whose messages live as long on the air as they were meant to (TP-VP),
    whatever the machine's clock says."""

    def __init__(self, bank: Transmitter, clock: SteadyClock) -> None:
        self._bank = bank
        self._clock = clock

    def segments(self, text: str) -> int:
        """How many segments ``text`` takes on the air."""
        return self._bank.segments(text)

    def submit(
        self, modem: str, outgoing: Outgoing, handover: HandOver
    ) -> Awaitable[Sequence[PartResult]]:
        """Send the parts in order."""
        until = outgoing.valid_until
        if until is not None and self._clock.state != "sure":
            outgoing = replace(outgoing, valid_until=until + self._clock.off)
        return self._bank.submit(modem, outgoing, handover)

    async def command(self, modem: str, deletion: Deletion, handover: HandOver) -> PartResult:
        """Send an SMS-COMMAND."""
        return await self._bank.command(modem, deletion, handover)
