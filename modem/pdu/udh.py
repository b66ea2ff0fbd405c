"""User data header: the concatenation element (3GPP TS 23.040 §9.2.3.24.1, .8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Concat:
    """Which part of which long message this is. ``seq`` counts from 1."""

    reference: int
    total: int
    seq: int
    bits: Literal[8, 16] = 8
    """Width of ``reference``."""
