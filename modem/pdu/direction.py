"""Decoders for a TPDU whose type is not known beforehand (TP-MTI, 3GPP TS 23.040 §9.2.3.1)."""

from __future__ import annotations

from . import command, deliver, status_report, submit
from .errors import PduError
from .frame import open_pdu


def decode_inbound(
    pdu: bytes | str, *, length: int | None = None
) -> deliver.Deliver | status_report.StatusReport:
    """Decode what a network sends to a modem. Raises PduError. ``length`` as in ``decode_deliver``."""
    smsc, reader = open_pdu(pdu, length)
    first = reader.octet("first octet")
    match first & 0x03:
        case deliver.MTI:
            return deliver.read_deliver(smsc, first, reader)
        case status_report.MTI:
            return status_report.read_status_report(smsc, first, reader)
        case _:
            raise PduError("TP-MTI: neither SMS-DELIVER nor SMS-STATUS-REPORT")


def decode_outbound(pdu: bytes | str) -> submit.Submit | command.Command:
    """Decode what a modem sends to the network. Raises PduError."""
    _, reader = open_pdu(pdu)
    match reader.octet("first octet") & 0x03:
        case submit.MTI:
            return submit.decode_submit(pdu)
        case command.MTI:
            return command.decode_command(pdu)
        case _:
            raise PduError("TP-MTI: neither SMS-SUBMIT nor SMS-COMMAND")
