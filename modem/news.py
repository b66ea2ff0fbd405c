"""Decoded PDUs to what the owner is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from .listener import SeenInbound, SeenReport
from .pdu import Deliver, StatusReport
from .state import ModemStatus

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def seen_report(status: ModemStatus, report: StatusReport) -> SeenReport:
    """A status report, told by the SIM it came to."""
    return SeenReport(
        imsi=status.imsi,
        tp_mr=report.tp_mr,
        recipient=report.recipient,
        tp_st=report.status,
        smsc_at=_micros(report.smsc_at),
        done_at=_micros(report.done_at),
    )


def seen_inbound(status: ModemStatus, deliver: Deliver) -> SeenInbound:
    """One part of a message, told by the SIM it came to."""
    concat = deliver.concat
    return SeenInbound(
        imsi=status.imsi,
        modem=status.label,
        sender=deliver.originator,
        text=deliver.text,
        reference=concat.reference if concat else None,
        total=concat.total if concat else 1,
        seq=concat.seq if concat else 1,
        smsc_at=_micros(deliver.smsc_at),
    )


def _micros(at: datetime | None) -> int | None:
    return None if at is None else (at - _EPOCH) // _MICROSECOND
