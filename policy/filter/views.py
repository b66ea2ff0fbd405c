"""Views of a folded text, each with the way back to it. Pure.

Every view undoes one kind of evasion. Making one costs little; the way back is worked out only for
a text in which something was found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby

MAX_GAP = 3
"""Separators in a row that are skipped; more of them part two words."""
MAX_SYMBOLS = 9
"""As many symbols (an emoji is often several)."""
BARRIER = "\x00"
"""Stands where separators must not join; never part of a word."""
_STOPS = frozenset("。!?\n\r")
_GAP = re.compile(r"[\W_]+")
_GAPS = re.compile(r"([\W_]+)")
_RUN = re.compile(r"(\D)\1+")
_MOST_GAP = 64
_MOST_KNOWN = 8_192

Places = Sequence[tuple[int, int]]
"""For each character of a view, the span in the folded text that it stands for."""


@dataclass(slots=True)
class Seen:
    """A view of a text; :attr:`places` costs as much as the view itself and is made when asked."""

    name: str
    text: str = field(repr=False)
    make: Callable[[], Places] = field(repr=False)
    known: Places | None = field(default=None, repr=False)

    @property
    def places(self) -> Places:
        """Where each character comes from."""
        if self.known is None:
            self.known = self.make()
        return self.known


def compact(text: str) -> Seen:
    """Without separators (赌·博, 赌 博), but for ends of sentences and longer gaps."""
    pieces = _GAPS.split(text)
    pieces[1::2] = map(_BRIDGES.__getitem__, pieces[1::2])
    return Seen("separators", "".join(pieces), lambda: _compact_places(text))


def squeeze(seen: Seen) -> Seen:
    """Letters in a row once (赌赌博博); digits are numbers, and stay."""
    squeezed = without_runs(seen.text)
    if squeezed is seen.text:
        return seen
    return Seen("repeats", squeezed, lambda: _squeezed_places(seen))


def without_runs(text: str) -> str:
    """``text`` with each run of one letter as a single one; itself, if there are none."""
    return text if _RUN.search(text) is None else _RUN.sub(r"\1", text)


def backwards(seen: Seen) -> Seen:
    """The text from its end (博赌)."""
    return Seen("reversed", seen.text[::-1], lambda: seen.places[::-1])


def translated(name: str, seen: Seen, text: str) -> Seen:
    """``seen`` with its characters replaced one by one: its places are the same."""
    return Seen(name, text, lambda: seen.places)


@lru_cache(maxsize=8_192)
def is_separator(character: str) -> bool:
    """Punctuation, symbols (emoji too), spaces, controls."""
    return unicodedata.category(character)[0] in "PSZC"


class _Bridges(dict[str, str]):
    """What a gap becomes: nothing, or a barrier. Short ones are remembered."""

    def __missing__(self, gap: str) -> str:
        symbols = sum(unicodedata.category(c) in {"So", "Sk"} for c in gap[:_MOST_GAP])
        wide = len(gap) > _MOST_GAP or len(gap) - symbols > MAX_GAP or symbols > MAX_SYMBOLS
        bridge = BARRIER if wide or not _STOPS.isdisjoint(gap) else ""
        if len(gap) <= MAX_GAP and len(self) < _MOST_KNOWN:
            self[gap] = bridge
        return bridge


_BRIDGES = _Bridges()


def _compact_places(text: str) -> Places:
    places: list[tuple[int, int]] = []
    end = 0
    for match in _GAP.finditer(text):
        places += [(i, i + 1) for i in range(end, match.start())]
        end = match.end()
        if _BRIDGES[match[0]]:
            places.append(match.span())
    places += [(i, i + 1) for i in range(end, len(text))]
    return places


def _squeezed_places(seen: Seen) -> Places:
    places: list[tuple[int, int]] = []
    known = seen.places
    begin = 0
    for character, same in groupby(seen.text):
        end = begin + sum(1 for _ in same)
        if character.isdecimal():
            places += known[begin:end]
        else:
            places.append((known[begin][0], known[end - 1][1]))
        begin = end
    return places
