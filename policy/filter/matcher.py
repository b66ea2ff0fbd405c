"""Finding the words of a list in one view of a text. Pure; linear in the text's length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from .fold import Folded, fold
from .views import BARRIER, compact, is_separator
from .wordlist import Entry

SLICE = 16_384
"""Characters searched at a time: bounds memory and how long the interpreter is held."""
_FIRST_CJK = "\u2e80"


@dataclass(frozen=True, slots=True)
class Found:
    """Entry number ``entry`` stands at ``start:end`` of the original text."""

    entry: int
    start: int
    end: int


class Matcher:
    """An automaton over one view's spelling of the entries."""

    def __init__(self, patterns: Sequence[tuple[str, int]]) -> None:
        self._patterns = patterns
        self._longest = max((len(pattern) for pattern, _ in patterns), default=0)
        self._automaton = AhoCorasick(
            [pattern for pattern, _ in patterns],
            matchkind=MatchKind.Standard,
            store_patterns=False,
            # The DFA is no faster here and takes 800 MB at 100,000 words.
            implementation=Implementation.ContiguousNFA,
        )

    def find(self, view: Folded) -> Iterator[Found]:
        """Every hit, overlapping ones too, by where it ends."""
        text, step = view.text, SLICE
        if not self._patterns:
            return
        for begin in range(0, len(text), step):
            # Overlap so that nothing is cut; what ends in the overlap was found before.
            low = max(0, begin - self._longest + 1)
            piece = text[low : begin + step]
            for number, start, end in self._automaton.find_matches_as_indexes(
                piece, overlapping=True
            ):
                pattern, entry = self._patterns[number]
                if low + end > begin and _at_word_ends(text, pattern, low + start, low + end):
                    yield Found(entry, *view.span(low + start, low + end))


def literal_patterns(entries: Sequence[Entry]) -> list[tuple[str, int]]:
    """The folded spelling of every entry."""
    return [(fold(entry.word).text, number) for number, entry in enumerate(entries)]


def compact_patterns(entries: Sequence[Entry]) -> list[tuple[str, int]]:
    """Without separators; words of one character and words in Latin letters are left out.

    Joining the letters of neighbouring words would find any short word in any English text.
    """
    spelled = (
        (compact(fold(entry.word)).text.replace(BARRIER, ""), number)
        for number, entry in enumerate(entries)
    )
    return [(text, n) for text, n in spelled if sum(c >= _FIRST_CJK for c in text) >= 2]


def _at_word_ends(text: str, pattern: str, start: int, end: int) -> bool:
    """Whether a pattern that begins or ends in Latin letters does so at a word's edge."""
    if _latin(pattern[0]) and start and _latin(text[start - 1]):
        return False
    return not (_latin(pattern[-1]) and end < len(text) and _latin(text[end]))


def _latin(character: str) -> bool:
    return character < _FIRST_CJK and character.isalnum() and not is_separator(character)
