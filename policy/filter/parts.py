"""Characters written as their parts (氵每 for 海) put together again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from .characters import characters
from .fold import fold
from .patterns import Pairs
from .views import Places, Seen

_MOST_READINGS = 3
_SLICE = 16_384
_TELLING = 4
"""So many characters in parts are no chance: a word may then have all its characters in parts."""


class Composer:
    """Recomposes the characters that some word of a list holds, and no others."""

    def __init__(self, wanted: Iterable[str], pairs: Pairs) -> None:
        self._pairs = pairs
        by_way: dict[str, list[str]] = {}
        table = characters().parts
        for character in sorted(wanted):
            for way in table.get(character, ()):
                by_way.setdefault(fold(way).text, []).append(character)
        self._ways = sorted(by_way)
        self._wholes = [by_way[way] for way in self._ways]
        self._automaton = AhoCorasick(
            self._ways,
            matchkind=MatchKind.LeftmostLongest,
            store_patterns=False,
            implementation=Implementation.ContiguousNFA,
        )

    def views(self, seen: Seen) -> list[Seen]:
        """None for most texts; several where parts make several characters."""
        found: list[tuple[int, int, int]] = []
        text = seen.text
        if not self._ways:
            return []
        for low in range(0, len(text), _SLICE):
            for n, start, end in self._automaton.find_matches_as_indexes(text[low : low + _SLICE]):
                found.append((n, low + start, low + end))
        if not found or not self._likely(text, found):
            return []
        many = min(_MOST_READINGS, max(len(self._wholes[n]) for n, _, _ in found))
        return [self._view(seen, found, way) for way in range(many)]

    def _likely(self, text: str, found: Sequence[tuple[int, int, int]]) -> bool:
        """Whether a word can come of it: parts side by side are common (人为 is no 伪)."""
        if len(found) >= _TELLING:
            return True
        for number, start, end in found:
            before, after = text[start - 1 : start], text[end : end + 1]
            for whole in self._wholes[number]:
                if whole + after in self._pairs or before + whole in self._pairs:
                    return True
        return False

    def _view(self, seen: Seen, found: Sequence[tuple[int, int, int]], way: int) -> Seen:
        pieces: list[str] = []
        end = 0
        for number, start, stop in found:
            wholes = self._wholes[number]
            pieces += (seen.text[end:start], wholes[min(way, len(wholes) - 1)])
            end = stop
        pieces.append(seen.text[end:])
        return Seen("parts", "".join(pieces), lambda: _places(seen.places, found))


def _places(places: Places, found: Sequence[tuple[int, int, int]]) -> Places:
    put: list[tuple[int, int]] = []
    end = 0
    for _, start, stop in found:
        put += places[end:start]
        put.append((places[start][0], places[stop - 1][1]))
        end = stop
    return [*put, *places[end:]]
