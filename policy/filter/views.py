"""Views of a folded text, each with the way back to it. Pure.

Evasions are undone one by one, each in a view of its own, so that a match says how it was found.
A further view is a function here and a line in :data:`VIEWS`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from types import MappingProxyType

from .fold import Folded

MAX_GAP = 3
"""Separators in a row that the compact view skips; more of them part two words."""
BARRIER = "\x00"
"""Stands where the compact view must not join; never part of a word."""
_STOPS = frozenset("。．.！!？?；;\n\r")

View = Callable[[Folded], Folded]


def literal(folded: Folded) -> Folded:
    """The text as it is."""
    return folded


def compact(folded: Folded) -> Folded:
    """Without separators (赌·博, 赌 博), but for ends of sentences and longer gaps."""
    kept: list[str] = []
    origins: list[int] = []
    gap = ""
    for character, origin in zip(folded.text, folded.origins, strict=True):
        if is_separator(character):
            # A gap is judged as soon as it is too long; its length stays bounded.
            gap += character if len(gap) <= MAX_GAP else ""
            continue
        if gap and (len(gap) > MAX_GAP or not _STOPS.isdisjoint(gap)):
            kept.append(BARRIER)
            origins.append(origin)
        gap = ""
        kept.append(character)
        origins.append(origin)
    return Folded("".join(kept), origins)


@lru_cache(maxsize=8_192)
def is_separator(character: str) -> bool:
    """Punctuation, symbols (emoji too), spaces, controls."""
    return unicodedata.category(character)[0] in "PSZC"


VIEWS: MappingProxyType[str, View] = MappingProxyType({"literal": literal, "compact": compact})
