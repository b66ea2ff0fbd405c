"""What is looked for in each view: patterns with the number of their entry. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from operator import add

from .numerals import has_number, unified
from .phonetics import LEAST_MIXED, spoken
from .spelling import HAN, Spelling
from .views import compact

LEAST_NEAR = 4
"""Characters from which a word may differ in some."""
_DIGIT = re.compile("[0-9]")
_BITS = 2**23


class Pairs:
    """Which two characters stand side by side in some word: a Bloom filter of one hash, 1 MiB."""

    def __init__(self) -> None:
        self._bits = bytearray(_BITS // 8)

    def add(self, pair: str) -> None:
        """Take ``pair`` in."""
        bit = hash(pair) % _BITS
        self._bits[bit >> 3] |= 1 << (bit & 7)

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


def digits(spelled: Iterable[Spelling]) -> Iterator[tuple[str, int]]:
    """Words with numbers in them, digits unified."""
    for number, word in enumerate(spelled):
        _, bare, _, joined = word
        if not joined or not has_number(bare):
            continue
        text = unified(compact(bare)).text
        if len(_DIGIT.findall(text)) >= 2:
            yield text, number


def neighbours(spelled: Iterable[Spelling]) -> tuple[set[str], Pairs]:
    """The Chinese characters of all words, and which stand side by side."""
    characters: set[str] = set()
    pairs = Pairs()
    for word in spelled:
        characters.update(word.squeezed)
        for pair in map(add, word.squeezed, word.squeezed[1:]):
            pairs.add(pair)
    return {c for c in characters if c >= HAN}, pairs


def halves(spelled: Iterable[Spelling]) -> Iterator[tuple[str, int]]:
    """The first and the last two characters of long words: where half of a word stands as it is.

    The number is twice the entry's, plus one for the end of the word.
    """
    for number, word in enumerate(spelled):
        squeezed, joined = word[2:]
        if joined and len(squeezed) >= LEAST_NEAR and min(squeezed) >= HAN:
            yield squeezed[:2], 2 * number
            yield squeezed[-2:], 2 * number + 1
