"""Status reports and late references: which attempt they speak of, and what follows."""

from __future__ import annotations

from typing import Protocol

from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from .recall import Ladder


class SeenReport(Protocol):
    """A status report as the bank saw it (3GPP TS 23.040 §9.2.2.3)."""

    @property
    def imsi(self) -> str:
        """The SIM that got it."""
        ...

    @property
    def tp_mr(self) -> int:
        """TP-MR of the message it reports on."""
        ...

    @property
    def recipient(self) -> str:
        """TP-RA, with a plus sign when it is international."""
        ...

    @property
    def tp_st(self) -> int:
        """TP-ST."""
        ...

    @property
    def smsc_at(self) -> int | None:
        """TP-SCTS: when the SMSC took the message, microseconds since 1970 UTC."""
        ...

    @property
    def done_at(self) -> int | None:
        """TP-DT, microseconds since 1970 UTC."""
        ...


class ReportSink:
    """Takes what the bank reports of parts that are on their way."""

    def __init__(self, store: Store, vault: Vault, ladder: Ladder) -> None:
        self._store = store
        self._vault = vault
        self._ladder = ladder

    async def status_report(self, seen: SeenReport) -> None:
        """Store and apply a report; returns once that is durable."""
        raise NotImplementedError

    def late_reference(self, attempt: int, tp_mr: int) -> None:
        """A ``+CMGS`` came after its time-out: the SMSC did take the part of ``attempt``."""
        raise NotImplementedError

    async def close(self) -> None:
        """Wait until what :meth:`late_reference` began is durable."""
        raise NotImplementedError


def match_waiting(uow: UnitOfWork, attempt_id: int, ladder: Ladder) -> bool:
    """Apply the reports that came before ``attempt_id`` was known to be accepted; whether any did.

    Call it in the unit that writes an acceptance, after the part moved to ``submitted``.
    """
    raise NotImplementedError
