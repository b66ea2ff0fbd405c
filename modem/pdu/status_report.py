"""SMS-STATUS-REPORT (3GPP TS 23.040 §9.2.2.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .tpdu import Tpdu


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What became of a message or of a command."""

    tp_mr: int
    recipient: str = field(repr=False)
    smsc_at: datetime | None
    """TP-SCTS of the message reported on; None when absent or nonsense."""
    done_at: datetime | None
    """TP-DT: when delivered or last tried; None when absent or nonsense."""
    status: int
    """TP-ST, raw; see ``tp_status``."""
    for_command: bool = False
    """TP-SRQ: ``tp_mr`` is that of an SMS-COMMAND."""
    more_messages: bool = False
    smsc: str = field(default="", repr=False)


def encode_status_report(report: StatusReport) -> Tpdu:
    """Encode as a service centre would. Raises PduError."""
    raise NotImplementedError


def decode_status_report(pdu: bytes | str, *, length: int | None = None) -> StatusReport:
    """Decode octets or hexadecimal as in ``+CDS`` / ``+CMGR``. Raises PduError.

    ``length`` as in ``decode_deliver``.
    """
    raise NotImplementedError
