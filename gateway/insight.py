"""What the queue asks about modems, answered by the bank."""

from __future__ import annotations

from ..modem.bank import Bank
from ..modem.vendors.profile import CauseClass
from ..queue.transmitter import PartResult


class BankInsight:
    """A :class:`~..queue.insight.Insight`."""

    def __init__(self, bank: Bank[PartResult]) -> None:
        self._bank = bank

    def cause_kind(self, label: str, cause: str) -> CauseClass | None:
        """By the vendor profile in force."""
        return self._bank.cause_kind(label, cause)

    def signal(self, label: str) -> int | None:
        """As the modem told it last."""
        return self._bank.status(label).signal
