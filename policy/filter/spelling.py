"""How a word of a list is spelled for matching. Pure."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from .fold import fold
from .views import BARRIER, compact, squeeze

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


def spell(word: str) -> Spelling:
    """The spellings of ``word``."""
    folded = fold(word).text
    if folded.isalpha() and min(folded) >= HAN:
        bare = folded
        squeezed = squeeze(compact(bare)).text if _doubled(bare) else bare
        return Spelling(folded, bare, squeezed, joined=True)
    seen = compact(folded)
    bare = seen.text
    han = sum(c >= HAN for c in bare)
    joined = BARRIER not in bare + folded and (han >= 2 or (han == 1 and bare == folded))
    return Spelling(folded, bare, squeeze(seen).text, joined)


spelling = lru_cache(maxsize=16_384)(spell)
""":func:`spell`, remembered for the words that texts hit."""


def _doubled(text: str) -> bool:
    return any(a == b for a, b in pairwise(text))
