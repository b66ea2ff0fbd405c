"""The bank: N modems behind one asyncio facade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic

from .config import ModemConfig
from .listener import BankListener
from .state import ModemStatus
from .transmission import Deletion, HandOver, Outgoing, ResultFactory, ResultT


class Bank(Generic[ResultT]):
    """N modems; all serial work of a modem is done by one thread of its own.

    ``result`` builds the results of :meth:`submit` and :meth:`command`: pass the ``PartResult``
    of whoever gives the orders. Raises ModemConfigError when two modems share label or port.
    """

    def __init__(
        self,
        modems: Sequence[ModemConfig],
        listener: BankListener,
        result: ResultFactory[ResultT],
    ) -> None:
        raise NotImplementedError

    async def start(self) -> None:
        """Start looking for every modem; returns at once, ``listener`` hears who is ready."""
        raise NotImplementedError

    async def stop(self, grace: float = 4.0) -> None:
        """Take no more orders, let what is on the air end for ``grace`` s, then close all ports.

        What is on the air after that gives ``unknown`` with cause ``stopped``. Returns at most
        about 1 s after ``grace``.
        """
        raise NotImplementedError

    def statuses(self) -> list[ModemStatus]:
        """A snapshot of every modem, in the order of the configuration."""
        raise NotImplementedError

    def status(self, label: str) -> ModemStatus:
        """A snapshot of one modem. Raises KeyError for an unknown label."""
        raise NotImplementedError

    def segments(self, text: str) -> int:
        """How many segments ``text`` takes on the air. Raises PduError."""
        raise NotImplementedError

    async def submit(self, modem: str, outgoing: Outgoing, handover: HandOver) -> Sequence[ResultT]:
        """Send the parts in order; a result for each attempt, in order; never raises."""
        raise NotImplementedError

    async def command(self, modem: str, deletion: Deletion, handover: HandOver) -> ResultT:
        """Send an SMS-COMMAND; never raises."""
        raise NotImplementedError
