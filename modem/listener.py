"""What the bank tells its owner. Every call is made on the event loop."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Protocol

from .state import ModemStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ModemReady:
    """A modem that takes work, and the SIM in it."""

    label: str
    imei: str = field(repr=False)
    imsi: str = field(repr=False)
    iccid: str = field(repr=False)
    can_command: bool
    """Whether SMS-COMMAND works on this modem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenReport:
    """A status report (3GPP TS 23.040 §9.2.2.3). Times: microseconds since 1970 UTC."""

    imsi: str = field(repr=False)
    tp_mr: int
    recipient: str = field(repr=False)
    tp_st: int
    smsc_at: int | None
    """When the SMSC took the message; None when the report carries no valid time."""
    done_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenInbound:
    """One part of a received message. ``smsc_at``: microseconds since 1970 UTC."""

    imsi: str = field(repr=False)
    modem: str
    sender: str = field(repr=False)
    text: str = field(repr=False)
    reference: int | None
    """Concatenation reference; None for a message of one part."""
    total: int
    seq: int
    smsc_at: int | None


class BankListener(Protocol):
    """The owner's side. The sync calls must be cheap and must not raise."""

    def modem_ready(self, ready: ModemReady) -> None:
        """The modem takes work from now on."""
        ...

    def modem_lost(self, label: str, reason: str) -> None:
        """The modem takes no work until the next :meth:`modem_ready`."""
        ...

    def modem_changed(self, status: ModemStatus) -> None:
        """State, identity, registration or signal changed (not for ready <-> sending)."""
        ...

    def late_reference(self, attempt: int, tp_mr: int) -> None:
        """``+CMGS`` came after the time-out of ``attempt``: the SMSC did take it."""
        ...

    def status_report(self, report: SeenReport) -> Awaitable[object]:
        """Done once the report is durable; raises to have it offered again later. A future costs
        less than a coroutine, which becomes a task."""
        ...

    async def inbound(self, inbound: SeenInbound) -> None:
        """Return once the part is durable; raise to have it offered again later."""
        ...
