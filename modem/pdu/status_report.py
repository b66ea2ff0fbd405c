"""SMS-STATUS-REPORT (3GPP TS 23.040 §9.2.2.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .address import encode_number, encode_service_centre, read_number
from .errors import PduError
from .frame import open_pdu
from .octets import Reader, octet
from .timestamp import decode_timestamp, encode_timestamp
from .tpdu import Tpdu, tpdu

MTI = 0x02
_NO_MORE_MESSAGES = 0x04
_FOR_COMMAND = 0x20


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
    first = MTI
    if not report.more_messages:
        first |= _NO_MORE_MESSAGES
    if report.for_command:
        first |= _FOR_COMMAND
    return tpdu(
        bytes((first, octet(report.tp_mr, "TP-MR"))),
        encode_number(report.recipient),
        encode_timestamp(report.smsc_at),
        encode_timestamp(report.done_at),
        bytes((octet(report.status, "TP-ST"),)),
        service_centre=encode_service_centre(report.smsc),
    )


def decode_status_report(pdu: bytes | str, *, length: int | None = None) -> StatusReport:
    """Decode octets or hexadecimal as in ``+CDS`` / ``+CMGR``. Raises PduError.

    ``length`` as in ``decode_deliver``. Whatever follows TP-ST (TP-PI and the rest) is ignored.
    """
    smsc, reader = open_pdu(pdu, length)
    first = reader.octet("first octet")
    if first & 0x03 != MTI:
        raise PduError("TP-MTI: not an SMS-STATUS-REPORT")
    return read_status_report(smsc, first, reader)


def read_status_report(smsc: str, first: int, reader: Reader) -> StatusReport:
    """Read what follows the ``first`` octet. Raises PduError."""
    return StatusReport(
        tp_mr=reader.octet("TP-MR"),
        recipient=read_number(reader, "TP-RA"),
        smsc_at=decode_timestamp(reader.take(7, "TP-SCTS")),
        done_at=decode_timestamp(reader.take(7, "TP-DT")),
        status=reader.octet("TP-ST"),
        for_command=bool(first & _FOR_COMMAND),
        more_messages=not first & _NO_MORE_MESSAGES,
        smsc=smsc,
    )
