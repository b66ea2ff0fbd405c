"""Long texts in pieces, so that no single step holds the interpreter for long. Pure."""

from __future__ import annotations

from collections.abc import Iterator

WINDOW = 16_384
"""Characters looked through at a time."""
OVERLAP = 1_024
"""More than the longest word with the longest gaps between all its characters."""


def windows(text: str) -> Iterator[tuple[int, int, str]]:
    """Pieces of ``text`` as (where it begins, where it is new, piece); they overlap."""
    for begin in range(0, len(text), WINDOW):
        low = max(0, begin - OVERLAP)
        yield low, begin, text[low : begin + WINDOW]
