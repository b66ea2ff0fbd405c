"""How a word of a list is spelled for matching. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from .fold import fold
from .views import BARRIER, compact, without_runs

HAN = "\u2e80"
"""From here on characters are Chinese (or their neighbours) and need no word edges."""


class Spelling(NamedTuple):
    """The spellings of one word."""

    folded: str
    bare: str
    """Without separators."""
    squeezed: str
    """And letters in a row once."""
    joined: bool
    """Whether it is looked for in all views, not only as it stands.

    Joining the letters of neighbouring words would find any short word in any English text; and a
    word that is one character beside signs means these signs.
    """


def spell(folded: str) -> Spelling:
    """The spellings of a word that is folded already."""
    if folded.isalpha() and min(folded) >= HAN:
        bare = folded
        squeezed = without_runs(bare)
        return Spelling(folded, bare, squeezed, joined=True)
    seen = compact(folded)
    bare = seen.text
    han = sum(c >= HAN for c in bare)
    joined = BARRIER not in bare + folded and (han >= 2 or (han == 1 and bare == folded))
    return Spelling(folded, bare, without_runs(bare), joined)


@lru_cache(maxsize=16_384)
def spelling(word: str) -> Spelling:
    """The spellings of ``word``, remembered for the words that texts hit."""
    return spell(fold(word).text)
