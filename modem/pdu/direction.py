"""Decoders for a TPDU whose type is not known beforehand (TP-MTI, 3GPP TS 23.040 §9.2.3.1)."""

from __future__ import annotations

from .command import Command
from .deliver import Deliver
from .status_report import StatusReport
from .submit import Submit


def decode_inbound(pdu: bytes | str, *, length: int | None = None) -> Deliver | StatusReport:
    """Decode what a network sends to a modem. Raises PduError. ``length`` as in ``decode_deliver``."""
    raise NotImplementedError


def decode_outbound(pdu: bytes | str) -> Submit | Command:
    """Decode what a modem sends to the network. Raises PduError."""
    raise NotImplementedError
