"""Addresses: numbers as semi-octets, names as GSM 7-bit text (3GPP TS 23.040 §9.1.2.5)."""

from __future__ import annotations

import re

from . import gsm7
from .errors import PduError
from .octets import Reader, from_semi_octets, semi_octets

_INTERNATIONAL = 0x91  # type international, numbering plan ISDN
_UNKNOWN = 0x81  # type unknown, numbering plan ISDN: short codes, national dialling
_NAME = 0xD0  # alphanumeric

_FILLER = "f"
_TO_HEX = str.maketrans("*#abc", "abcde")
_FROM_HEX = str.maketrans("abcde", "*#abc")
_NUMBER = re.compile(r"(\+[0-9]{1,20}|[0-9*#abc]{1,20})\Z")
_MAX_SEMI_OCTETS = 20
_MAX_NAME_SEPTETS = 11


def encode_number(number: str) -> bytes:
    """Encode ``+`` and digits as international, anything else as type *unknown*.

    The national type is never used: service centres do not agree on what it means.
    Raises PduError for anything but 1 to 20 of ``0-9 * # a b c`` (digits only after ``+``).
    """
    kind, digits = _split(number)
    return bytes((len(digits), kind)) + _semi_octets(digits)


def encode_name(name: str) -> bytes:
    """Encode an alphanumeric address of at most 11 septets. Raises PduError."""
    septets = gsm7.encode(name)
    if len(septets) > _MAX_NAME_SEPTETS:
        raise PduError("address: a name longer than 11 septets")
    return bytes(((len(septets) * 7 + 3) // 4, _NAME)) + gsm7.pack(septets)


def encode_service_centre(number: str) -> bytes:
    """Encode the service centre address; empty means *the one of the SIM*. Raises PduError."""
    if not number:
        return b"\x00"
    kind, digits = _split(number)
    packed = _semi_octets(digits)
    return bytes((1 + len(packed), kind)) + packed  # here the length counts octets


def read_address(reader: Reader, field: str) -> tuple[str, bool]:
    """Read an address; return it and whether it is a name. Raises PduError."""
    length = reader.octet(field)
    kind = reader.octet(field)
    if length > _MAX_SEMI_OCTETS:
        raise PduError(f"{field}: longer than 20 semi-octets")
    value = reader.take((length + 1) // 2, field)
    if kind & 0x70 == 0x50:
        return _name(value, length), True
    return _number(value, length, kind), False


def read_number(reader: Reader, field: str) -> str:
    """Read an address that must be a number. Raises PduError."""
    address, is_name = read_address(reader, field)
    if is_name:
        raise PduError(f"{field}: a name where a number is needed")
    return address


def read_service_centre(reader: Reader) -> str:
    """Read the leading service centre address; empty when not given. Raises PduError."""
    length = reader.octet("service centre address")
    if length == 0:
        return ""
    if length > 1 + _MAX_SEMI_OCTETS // 2:
        raise PduError("service centre address: longer than 11 octets")
    octets = reader.take(length, "service centre address")
    return _number(octets[1:], len(octets) * 2 - 2, octets[0])


def _split(number: str) -> tuple[int, str]:
    if not _NUMBER.match(number):
        raise PduError("address: not 1 to 20 digits, with * and # or a leading + at most")
    return (_INTERNATIONAL, number[1:]) if number[0] == "+" else (_UNKNOWN, number)


def _semi_octets(digits: str) -> bytes:
    return from_semi_octets(digits.translate(_TO_HEX) + _FILLER * (len(digits) % 2))


def _number(value: bytes, length: int, kind: int) -> str:
    digits = semi_octets(value)[:length].partition(_FILLER)[0]  # it ends a number anywhere
    if not digits.isdecimal():
        digits = digits.translate(_FROM_HEX)
    return "+" + digits if digits and kind & 0x70 == 0x10 else digits


def _name(value: bytes, length: int) -> str:
    count = length * 4 // 7
    septets = gsm7.unpack(value, count)
    # Seven septets leave seven bits of padding, and some service centres count those in: the
    # padding then reads as a last '@'. A real name of eight that ends in '@' is not worth its keep.
    if count == 8 and septets[-1] == 0:
        septets = septets[:-1]
    return gsm7.decode(septets)
