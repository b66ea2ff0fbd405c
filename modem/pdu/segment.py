"""Choice of alphabet and splitting of a text into segments (3GPP TS 23.040 §9.2.3.24.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Alphabet = Literal["gsm7", "ucs2"]


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
    raise NotImplementedError


def segment_count(text: str) -> int:
    """Return how many segments ``text`` takes with an 8-bit reference. Errors as ``segment``."""
    raise NotImplementedError
