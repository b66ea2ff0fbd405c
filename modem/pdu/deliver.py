"""SMS-DELIVER (3GPP TS 23.040 §9.2.2.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .address import (
    encode_name,
    encode_number,
    encode_service_centre,
    read_address,
)
from .dcs import decode_dcs, encode_dcs
from .errors import PduError
from .frame import open_pdu
from .octets import Reader, octet
from .timestamp import decode_timestamp, encode_timestamp
from .tpdu import Tpdu, tpdu
from .udh import Concat
from .user_data import UserData, encode_user_data, narrowest, read_user_data

MTI = 0x00
_NO_MORE_MESSAGES = 0x04
_HEADER = 0x40


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message received."""

    originator: str = field(repr=False)
    text: str = field(repr=False)
    """Never holds a lone surrogate when decoded; empty for 8-bit data."""
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
    destination_port: int | None = None
    """Application port the header addresses, when decoded: meant for a program, not an eye."""
    more_messages: bool = False
    """The service centre has more waiting (TP-MMS)."""
    smsc: str = field(default="", repr=False)
    """Service centre address of the PDU's first octets; empty when not given."""

    @property
    def message_class(self) -> int | None:
        """0 (flash) to 3, or None."""
        return None if self.dcs is None else decode_dcs(self.dcs).message_class


def encode_deliver(deliver: Deliver) -> Tpdu:
    """Encode as a network would. Raises PduError."""
    dcs = deliver.dcs
    if dcs is None:
        dcs = encode_dcs(narrowest(deliver.text), None)
    coding = decode_dcs(octet(dcs, "TP-DCS")).coding
    first = MTI
    if not deliver.more_messages:
        first |= _NO_MORE_MESSAGES
    if deliver.concat:
        first |= _HEADER
    encode = encode_name if deliver.alphanumeric else encode_number
    return tpdu(
        bytes((first,)),
        encode(deliver.originator),
        bytes((octet(deliver.pid, "TP-PID"), dcs)),
        encode_timestamp(deliver.smsc_at),
        encode_user_data(coding, UserData(deliver.text, deliver.data, deliver.concat)),
        service_centre=encode_service_centre(deliver.smsc),
    )


def decode_deliver(pdu: bytes | str, *, length: int | None = None) -> Deliver:
    """Decode octets or hexadecimal as in ``+CMT`` / ``+CMGR`` / ``+CMGL``. Raises PduError.

    ``length``: the TPDU octets the modem announced; when it equals all octets, the PDU is taken
    to lack its service centre address, as some modems send it.
    Octets after the end are ignored: SIM records come padded. Header elements other than
    concatenation and port are dropped.
    """
    smsc, reader = open_pdu(pdu, length)
    first = reader.octet("first octet")
    if first & 0x03 != MTI:
        raise PduError("TP-MTI: not an SMS-DELIVER")
    return read_deliver(smsc, first, reader)


def read_deliver(smsc: str, first: int, reader: Reader) -> Deliver:
    """Read what follows the ``first`` octet. Raises PduError."""
    originator, alphanumeric = read_address(reader, "TP-OA")
    pid = reader.octet("TP-PID")
    dcs = reader.octet("TP-DCS")
    smsc_at = decode_timestamp(reader.take(7, "TP-SCTS"))
    has_header = bool(first & _HEADER)
    content = read_user_data(reader, decode_dcs(dcs).coding, has_header=has_header)
    return Deliver(
        originator=originator,
        text=content.text,
        smsc_at=smsc_at,
        pid=pid,
        dcs=dcs,
        concat=content.concat,
        alphanumeric=alphanumeric,
        data=content.data,
        destination_port=content.port,
        more_messages=not first & _NO_MORE_MESSAGES,
        smsc=smsc,
    )
