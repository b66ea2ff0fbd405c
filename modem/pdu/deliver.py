"""SMS-DELIVER (3GPP TS 23.040 §9.2.2.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .tpdu import Tpdu
from .udh import Concat


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message received."""

    originator: str = field(repr=False)
    text: str = field(repr=False)
    """Never holds a lone surrogate; empty for 8-bit data."""
    smsc_at: datetime | None
    """TP-SCTS, aware; None when the service centre sent none or nonsense."""
    pid: int = 0
    dcs: int | None = None
    """TP-DCS. None, for encoding only: 0x00 or 0x08, whichever holds ``text``."""
    concat: Concat | None = None
    alphanumeric: bool = False
    """The originator is a name, not a number."""
    data: bytes = field(default=b"", repr=False)
    """User data without header when the coding is 8-bit or compressed."""
    more_messages: bool = False
    smsc: str = field(default="", repr=False)
    """Service centre address of the PDU's first octets; empty when not given."""


def encode_deliver(deliver: Deliver) -> Tpdu:
    """Encode as a network would. Raises PduError."""
    raise NotImplementedError


def decode_deliver(pdu: bytes | str, *, length: int | None = None) -> Deliver:
    """Decode octets or hexadecimal as in ``+CMT`` / ``+CMGR`` / ``+CMGL``. Raises PduError.

    ``length``: the TPDU octets the modem announced; when it equals all octets, the PDU is taken
    to lack its service centre address, as some modems send it.
    """
    raise NotImplementedError
