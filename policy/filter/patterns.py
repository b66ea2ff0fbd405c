"""What is looked for in each view: patterns with the number of their entry. Pure."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from operator import add

from .phonetics import LEAST, LEAST_MIXED, first_letters, spoken
from .spelling import HAN, Spelling

LEAST_NEAR = 3
"""Characters from which a word may differ in some."""
PLACES = 64
"""More than the longest word has characters."""
CROWD = 50
"""Words that may share two characters by which they are looked for in disguise."""
_COUNTERS = 2**20
_LONG = 5
_BITS = 2**23


class Pairs:
    """Which two characters stand side by side in some word: a Bloom filter of one hash, 1 MiB."""

    def __init__(self) -> None:
        self._bits = bytearray(_BITS // 8)

    def update(self, pairs: Iterable[str]) -> None:
        """Take ``pairs`` in."""
        bits = self._bits
        for pair in pairs:
            bit = hash(pair) % _BITS
            bits[bit >> 3] |= 1 << (bit & 7)

    def __contains__(self, pair: str) -> bool:
        """Whether ``pair`` may have been added; never wrong about one that was."""
        bit = hash(pair) % _BITS
        return bool(self._bits[bit >> 3] & 1 << (bit & 7))


def literals(spelled: Iterable[Spelling]) -> Iterator[tuple[str, int]]:
    """Words whose separators or Latin letters matter, as they stand."""
    for number, word in enumerate(spelled):
        folded, bare, _, joined = word
        if folded and (not joined or bare != folded):
            yield folded, number


def shapes(spelled: Iterable[Spelling], shape: dict[int, str]) -> Iterator[tuple[str, int]]:
    """Words by their outlines, without separators and repeats."""
    for number, word in enumerate(spelled):
        _, _, squeezed, joined = word
        if joined:
            yield squeezed.translate(shape), number


def sounds(spelled: Iterable[Spelling], listed: Container[int]) -> Iterator[tuple[str, int]]:
    """Words by their syllables, if they are long enough or among ``listed``."""
    for number, word in enumerate(spelled):
        _, bare, _, joined = word
        if joined and (len(bare) >= LEAST_MIXED or number in listed):
            for way in spoken(bare):
                yield way, number


def neighbours(spelled: Iterable[Spelling]) -> tuple[set[str], Pairs]:
    """The Chinese characters of all words, and which stand side by side."""
    characters: set[str] = set()
    pairs = Pairs()
    for word in spelled:
        characters.update(word.squeezed)
        pairs.update(map(add, word.squeezed, word.squeezed[1:]))
    return {c for c in characters if c >= HAN}, pairs


def pairs(spelled: Sequence[Spelling]) -> Iterator[tuple[str, int]]:
    """Neighbours in a word that may stand as they are while others are disguised.

    The number is the entry's times :data:`PLACES` plus where in the word the pair stands. What begins
    half of the list tells nothing, and would be tried for half of the list: it is left out.
    """
    return _telling(lambda: _pairs(spelled))


def around(spelled: Sequence[Spelling]) -> Iterator[tuple[str, int]]:
    """First and last of three: the one between may be disguised."""
    return _telling(lambda: _around(spelled))


def _pairs(spelled: Iterable[Spelling]) -> Iterator[tuple[str, int]]:
    for number, word in enumerate(spelled):
        squeezed, joined = word[2:]
        many = len(squeezed)
        if joined and many >= LEAST_NEAR and min(squeezed) >= HAN:
            base = number * PLACES
            yield squeezed[:2], base
            yield squeezed[-2:], base + many - 2
            if many >= _LONG:
                yield squeezed[2:4], base + 2


def _around(spelled: Iterable[Spelling]) -> Iterator[tuple[str, int]]:
    for number, word in enumerate(spelled):
        squeezed, joined = word[2:]
        if joined and len(squeezed) == LEAST_NEAR and min(squeezed) >= HAN:
            yield squeezed[::2], number


def _telling(found: Callable[[], Iterator[tuple[str, int]]]) -> Iterator[tuple[str, int]]:
    """Those that few words share, counted in 1 MiB: two that fall together count as one."""
    counts = bytearray(_COUNTERS)
    for pair, _ in found():
        place = _place(pair)
        if counts[place] <= CROWD:
            counts[place] += 1
    return (one for one in found() if counts[_place(one[0])] <= CROWD)


def _place(pair: str) -> int:
    return (ord(pair[0]) * 40_503 + ord(pair[1])) % _COUNTERS


def initials(spelled: Iterable[Spelling]) -> Iterator[tuple[str, int]]:
    """The first letters of the syllables of long words."""
    table = first_letters()
    for number, word in enumerate(spelled):
        _, bare, _, joined = word
        if joined and len(bare) >= LEAST:
            letters = bare.translate(table)
            if letters.isascii():
                yield letters, number
