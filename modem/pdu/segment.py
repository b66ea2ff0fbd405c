"""Choice of alphabet and splitting of a text into segments (3GPP TS 23.040 §9.2.3.24.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from . import gsm7, ucs2
from .errors import PduError

Alphabet = Literal["gsm7", "ucs2"]

MAX_SEGMENTS = 255
"""The total is one octet."""

_WHOLE_SEPTETS = 160
_PART_SEPTETS = {8: 153, 16: 152}  # less the header's 6 or 7 octets
_WHOLE_OCTETS = 140
_PART_OCTETS = {8: 134, 16: 132}  # a 16-bit reference costs one octet, and one of padding


@dataclass(frozen=True, slots=True)
class Segmentation:
    """A text as the segments to send, in order; never empty (the empty text is one segment)."""

    alphabet: Alphabet
    segments: tuple[str, ...] = field(repr=False)


def segment(text: str, *, reference_bits: Literal[8, 16] = 8) -> Segmentation:
    """Split ``text``: 160 / 153 / 152 septets or 70 / 67 / 66 UTF-16 units per segment.

    GSM-7 if every character is in the default alphabet or its extension table, else UCS-2.
    Never splits an escape pair or a surrogate pair.
    Raises PduError for a lone surrogate and for more than 255 segments.
    """
    if reference_bits not in _PART_SEPTETS:
        raise PduError("concatenation reference: 8 or 16 bits")
    if gsm7.encodable(text):
        septets = gsm7.encode(text)
        pieces = _split_septets(septets, _PART_SEPTETS[reference_bits])
        return Segmentation("gsm7", tuple(map(gsm7.decode, pieces)))
    octets = ucs2.encode(text)
    pieces = _split_octets(octets, _PART_OCTETS[reference_bits])
    return Segmentation("ucs2", tuple(map(ucs2.decode, pieces)))


def segment_count(text: str) -> int:
    """Return how many segments ``text`` takes with an 8-bit reference. Errors as ``segment``."""
    if gsm7.encodable(text):
        return len(_split_septets(gsm7.encode(text), _PART_SEPTETS[8]))
    return len(_split_octets(ucs2.encode(text), _PART_OCTETS[8]))


def _split_septets(septets: bytes, limit: int) -> list[bytes]:
    if len(septets) <= _WHOLE_SEPTETS:
        return [septets]
    pieces: list[bytes] = []
    start = 0
    while start < len(septets):
        end = start + limit
        if end < len(septets) and septets[end - 1] == gsm7.ESC:
            end -= 1
        pieces.append(septets[start:end])
        start = end
        _check_count(pieces)
    return pieces


def _split_octets(octets: bytes, limit: int) -> list[bytes]:
    if len(octets) <= _WHOLE_OCTETS:
        return [octets]
    pieces: list[bytes] = []
    start = 0
    while start < len(octets):
        end = start + limit
        if end < len(octets) and octets[end - 2] & 0xFC == 0xD8:  # a high surrogate would be last
            end -= 2
        pieces.append(octets[start:end])
        start = end
        _check_count(pieces)
    return pieces


def _check_count(pieces: list[bytes]) -> None:
    if len(pieces) > MAX_SEGMENTS:
        raise PduError(f"text: more than {MAX_SEGMENTS} segments")
