"""SMS-COMMAND (3GPP TS 23.040 §9.2.2.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .tpdu import Tpdu

CommandKind = Literal["enquire", "cancel_report", "delete", "enable_report"]
"""TP-CT 0 to 3."""


@dataclass(frozen=True, slots=True)
class Command:
    """An order to the service centre about a message submitted earlier by the same SIM."""

    kind: CommandKind
    target_mr: int
    """TP-MN: the TP-MR that ``+CMGS`` gave for the message."""
    destination: str = field(repr=False)
    status_report: bool = True
    tp_mr: int = 0
    """Placeholder: the modem assigns its own and tells it in ``+CMGC``."""
    pid: int = 0


def encode_command(command: Command) -> Tpdu:
    """Encode for ``AT+CMGC``. Raises PduError."""
    raise NotImplementedError


def decode_command(pdu: bytes | str) -> Command:
    """Decode octets or hexadecimal, service centre address first. Raises PduError."""
    raise NotImplementedError
