"""User data header: the concatenation element (3GPP TS 23.040 §9.2.3.24.1, .8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .errors import PduError

_CONCAT_8 = 0x00
_CONCAT_16 = 0x08
_PORT_8 = 0x04
_PORT_16 = 0x05


@dataclass(frozen=True, slots=True)
class Concat:
    """Which part of which long message this is. ``seq`` counts from 1."""

    reference: int
    total: int
    seq: int
    bits: Literal[8, 16] = 8
    """Width of ``reference``."""


def encode_header(concat: Concat) -> bytes:
    """Return the header, its length octet first. Raises PduError for a value out of range."""
    if not (1 <= concat.total <= 255 and 1 <= concat.seq <= concat.total):
        raise PduError("concatenation: not 1 <= seq <= total <= 255")
    if concat.bits not in (8, 16) or not 0 <= concat.reference < 1 << concat.bits:
        raise PduError("concatenation: reference does not fit 8 or 16 bits")
    reference = concat.reference.to_bytes(concat.bits // 8, "big")
    identifier = _CONCAT_8 if concat.bits == 8 else _CONCAT_16
    element = bytes((identifier, len(reference) + 2)) + reference
    return bytes((len(element) + 2,)) + element + bytes((concat.total, concat.seq))


def decode_header(elements: bytes) -> Concat | None:
    """Find the concatenation in a header (without its length octet); the last valid one counts.

    Never raises: an element that makes no sense is ignored, as the clause asks, and the text stands.
    """
    concat: Concat | None = None
    for identifier, value in _elements(elements):
        if (identifier, len(value)) not in ((_CONCAT_8, 3), (_CONCAT_16, 4)):
            continue
        *reference, total, seq = value
        if 1 <= seq <= total:
            bits: Literal[8, 16] = 8 if identifier == _CONCAT_8 else 16
            concat = Concat(int.from_bytes(bytes(reference), "big"), total, seq, bits)
    return concat


def decode_port(elements: bytes) -> int | None:
    """The application port a header addresses (§9.2.3.24.3, .4); None when none. Never raises."""
    port: int | None = None
    for identifier, value in _elements(elements):
        if identifier == _PORT_8 and len(value) == 2:
            port = value[0]
        elif identifier == _PORT_16 and len(value) == 4:
            port = int.from_bytes(value[:2], "big")
    return port


def _elements(octets: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 2 <= len(octets):
        end = at + 2 + octets[at + 1]
        if end > len(octets):
            return
        yield octets[at], octets[at + 2 : end]
        at = end
