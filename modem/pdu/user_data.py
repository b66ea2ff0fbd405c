"""TP-UDL and TP-UD: text or data behind an optional header (3GPP TS 23.040 §9.2.3.16, §9.2.3.24)."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import gsm7, ucs2
from .dcs import Coding
from .errors import PduError
from .octets import Reader
from .udh import Concat, decode_header, decode_port, encode_header

_MAX_OCTETS = 140
_MAX_SEPTETS = 160


@dataclass(frozen=True, slots=True)
class UserData:
    """What the user data holds: text, or octets if the coding is ``8bit``."""

    text: str = field(default="", repr=False)
    data: bytes = field(default=b"", repr=False)
    concat: Concat | None = None
    port: int | None = None
    """Application port of a received header."""


def narrowest(text: str) -> Coding:
    """Return the coding a text needs."""
    return "gsm7" if gsm7.encodable(text) else "ucs2"


def encode_user_data(coding: Coding, content: UserData) -> bytes:
    """Return TP-UDL and TP-UD. Raises PduError if it does not fit or cannot be coded so."""
    if content.text if coding == "8bit" else content.data:
        raise PduError("user data: text and octets do not go together")
    header = encode_header(content.concat) if content.concat else b""
    if coding == "gsm7":
        return _encode_septets(header, gsm7.encode(content.text))
    octets = header + (ucs2.encode(content.text) if coding == "ucs2" else content.data)
    if len(octets) > _MAX_OCTETS:
        raise PduError("user data: more than 140 octets")
    return bytes((len(octets),)) + octets


def read_user_data(reader: Reader, coding: Coding, *, has_header: bool) -> UserData:
    """Read TP-UDL and TP-UD. Raises PduError."""
    length = reader.octet("TP-UDL")
    if length > (_MAX_SEPTETS if coding == "gsm7" else _MAX_OCTETS):
        raise PduError("TP-UDL: more than a TPDU holds")
    octets = reader.take((length * 7 + 7) // 8 if coding == "gsm7" else length, "TP-UD")
    header_size, concat, port = 0, None, None
    if has_header:
        header_size = 1 + octets[0] if octets else 1
        if header_size > len(octets):
            raise PduError("user data header: longer than the user data")
        concat = decode_header(octets[1:header_size])
        port = decode_port(octets[1:header_size])
    if coding == "gsm7":
        return UserData(_decode_septets(octets, length, header_size), concat=concat, port=port)
    rest = octets[header_size:]
    if coding == "ucs2":
        return UserData(ucs2.decode(rest), concat=concat, port=port)
    return UserData(data=rest, concat=concat, port=port)


def _fill(header_size: int) -> tuple[int, int]:
    """Septets a header takes, and the fill bits that bring the text to a septet boundary."""
    septets = -(-header_size * 8 // 7)
    return septets, septets * 7 - header_size * 8


def _encode_septets(header: bytes, septets: bytes) -> bytes:
    header_septets, fill_bits = _fill(len(header))
    length = header_septets + len(septets)
    if length > _MAX_SEPTETS:
        raise PduError("user data: more than 160 septets")
    return bytes((length,)) + header + gsm7.pack(septets, fill_bits)


def _decode_septets(octets: bytes, length: int, header_size: int) -> str:
    header_septets, fill_bits = _fill(header_size)
    count = length - header_septets
    if count < 0:
        raise PduError("user data header: longer than the user data")
    return gsm7.decode(gsm7.unpack(octets[header_size:], count, fill_bits))
