"""The sound of a text: one code for each syllable, be it a character or Latin letters. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain

from .characters import characters
from .spelling import HAN
from .views import Places, Seen

LEAST = 4
"""Syllables from which a sound alone is telling."""
LEAST_MIXED = 3
"""Syllables from which a word half in Latin letters, half as written, is."""
_FIRST_CODE = 0x100
_LATIN = re.compile(r"[a-z]+(?:[1-5](?![0-9]))?(?:[a-z]+[1-5]?(?![0-9]))*")
MIXED = re.compile(r"[\u4e00-\u9fff][a-z]{1,3}(?![a-z])|(?<![a-z])[a-z]{1,3}[\u4e00-\u9fff]")
"""Single letters beside Chinese characters: maybe initials."""
_MOST_LETTERS = 60
_LONGEST = 6
_MOST_WAYS = 3


@cache
def codes() -> dict[str, str]:
    """Syllables and the characters that stand for them; two octets each in UTF-8."""
    tables = characters()
    known = sorted({*tables.reading.values(), *tables.also.values()})
    return {syllable: chr(_FIRST_CODE + n) for n, syllable in enumerate(known)}


@cache
def sounds() -> dict[int, str]:
    """Characters and their codes."""
    return {ord(c): codes()[syllable] for c, syllable in characters().reading.items()}


@cache
def first_letters() -> dict[int, str]:
    """Characters and the letters that their syllables begin with."""
    return {ord(c): syllable[0] for c, syllable in characters().reading.items()}


def spoken(word: str) -> list[str]:
    """A word of Chinese characters as codes, in each of its readings; empty if it has others."""
    plain, also = word.translate(sounds()), characters().also
    if max(plain) >= HAN:
        return []
    ways = [plain]
    if not also.keys().isdisjoint(word):
        for place, character in enumerate(word):
            second = also.get(character)
            if second is not None:
                ways.append(f"{plain[:place]}{codes()[second]}{plain[place + 1 :]}")
    return ways


def sound(seen: Seen) -> list[Seen]:
    """``seen``, which has Latin letters, as codes: in several views if they can be cut in several ways."""
    runs = [span for match in _LATIN.finditer(seen.text) for span in _tokens(seen, *match.span())]
    cuts = [cut(seen.text[start:end]) for start, end in runs]
    many = max((len(ways) for ways in cuts), default=0)
    if not many:
        return [Seen("pinyin", seen.text.translate(sounds()), lambda: seen.places)]
    return [_spoken_view(seen, runs, cuts, way) for way in range(min(many, _MOST_WAYS))]


def _tokens(seen: Seen, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A run of letters whole (hailuo) if it can be read, else its words (stairs. hai luo)."""
    if end - start <= _MOST_LETTERS and cut(seen.text[start:end]):
        yield start, end
        return
    places = seen.places
    begin = start
    for i in range(start + 1, end + 1):
        if i == end or places[i][0] != places[i - 1][1]:
            if i - begin <= _MOST_LETTERS:
                yield begin, i
            begin = i


def _spoken_view(
    seen: Seen, runs: Sequence[tuple[int, int]], cuts: Sequence[Sequence[tuple[str, ...]]], way: int
) -> Seen:
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    end = 0
    for (start, stop), ways in zip(runs, cuts, strict=True):
        if not ways:
            continue
        pieces.append(seen.text[end:start].translate(sounds()))
        spans += [(i, i + 1) for i in range(end, start)]
        at = start
        for syllable in ways[min(way, len(ways) - 1)]:
            pieces.append(codes()[syllable.rstrip("12345").replace("v", "u")])
            spans.append((at, at + len(syllable)))
            at += len(syllable)
        end = stop
    pieces.append(seen.text[end:].translate(sounds()))
    spans += [(i, i + 1) for i in range(end, len(seen.text))]
    return Seen("pinyin", "".join(pieces), lambda: _through(seen.places, spans))


def _through(places: Places, spans: Sequence[tuple[int, int]]) -> Places:
    return [(places[start][0], places[end - 1][1]) for start, end in spans]


@lru_cache(maxsize=4_096)
def cut(letters: str) -> tuple[tuple[str, ...], ...]:
    """Ways to read Latin letters as pinyin, those with the fewest syllables first; none: ()."""
    best: list[list[tuple[str, ...]]] = [[] for _ in range(len(letters) + 1)]
    best[0] = [()]
    for end in range(1, len(letters) + 1):
        found = chain.from_iterable(
            ((*way, letters[start:end]) for way in best[start]) for start in _starts(letters, end)
        )
        best[end] = sorted(found, key=len)[:_MOST_WAYS]
    return tuple(best[-1])


def _starts(letters: str, end: int) -> Iterator[int]:
    """Where a syllable that ends at ``end`` may begin; its tone may follow it as a digit."""
    for start in range(max(0, end - _LONGEST - 1), end):
        syllable = letters[start:end]
        bare = syllable[:-1] if syllable[-1].isdigit() else syllable
        if bare.replace("v", "u") in codes():
            yield start
