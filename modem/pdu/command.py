"""SMS-COMMAND (3GPP TS 23.040 §9.2.2.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .address import encode_number, read_number
from .errors import PduError
from .frame import open_pdu
from .octets import octet
from .tpdu import Tpdu, tpdu

CommandKind = Literal["enquire", "cancel_report", "delete", "enable_report"]
"""TP-CT 0 to 3."""

MTI = 0x02
_STATUS_REPORT = 0x20
_KINDS: tuple[CommandKind, ...] = ("enquire", "cancel_report", "delete", "enable_report")


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
    if command.kind not in _KINDS:
        raise PduError("TP-CT: no such command")
    first = MTI | (_STATUS_REPORT if command.status_report else 0)
    return tpdu(
        bytes((first, octet(command.tp_mr, "TP-MR"), octet(command.pid, "TP-PID"))),
        bytes((_KINDS.index(command.kind), octet(command.target_mr, "TP-MN"))),
        encode_number(command.destination),
        b"\x00",  # TP-CDL: none of the four commands takes data
    )


def decode_command(pdu: bytes | str) -> Command:
    """Decode octets or hexadecimal, service centre address first; command data is dropped.

    Raises PduError, also for reserved and SC-specific command types.
    """
    _, reader = open_pdu(pdu)
    first = reader.octet("first octet")
    if first & 0x03 != MTI:
        raise PduError("TP-MTI: not an SMS-COMMAND")
    tp_mr = reader.octet("TP-MR")
    pid = reader.octet("TP-PID")
    kind = reader.octet("TP-CT")
    if kind >= len(_KINDS):
        raise PduError("TP-CT: no such command")
    target_mr = reader.octet("TP-MN")
    destination = read_number(reader, "TP-DA")
    reader.take(reader.octet("TP-CDL"), "TP-CD")
    reader.finish()
    return Command(
        kind=_KINDS[kind],
        target_mr=target_mr,
        destination=destination,
        status_report=bool(first & _STATUS_REPORT),
        tp_mr=tp_mr,
        pid=pid,
    )
