"""From an occurrence in a view to a hit in the original text, or to none. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import eq

from .entries import Entry, ViewName
from .fold import Folded
from .likeness import resembles
from .numerals import digits_of
from .spelling import HAN, spelling
from .views import Seen

CLAUSE = frozenset(",，、:：;；")
"""What parts two clauses of a sentence."""
LEAST_SHAPE = 3
"""Characters of a word that is looked for in others' outlines."""
_LEAST_REVERSED = 3
_MOST_OF_ONE = 50
_LEAST_LATIN = 3
_DRAWN_OUT = 3
"""So many equal Latin letters are no spelling; Chinese characters are told apart at two."""


@dataclass(frozen=True, slots=True)
class Found:
    """Entry number ``entry`` stands at ``start:end`` of the original text."""

    entry: int
    start: int
    end: int
    view: ViewName = "literal"
    certain: bool = True
    """Otherwise it only ever asks for a review."""

    def moved(self, by: int) -> Found:
        """The same in a text of which this one is a piece from ``by`` on."""
        return replace(self, start=self.start + by, end=self.end + by)

    def seen_as(self, view: ViewName) -> Found:
        """The same, found in another view."""
        return replace(self, view=view)


class Evidence:
    """One text and the entries that are looked for in it."""

    def __init__(self, folded: Folded, entries: Sequence[Entry]) -> None:
        self.folded = folded
        self.entries = entries

    def literal(self, number: int, start: int, end: int) -> Iterator[Found]:
        """An occurrence in the folded text."""
        if self._at_edges(spelling(self.entries[number].word).folded, start, end):
            yield Found(number, *self.folded.span(start, end))

    def letters(self, number: int, seen: Seen, start: int, end: int) -> Iterator[Found]:
        """An occurrence among Latin letters that were put right."""
        text, word = seen.text, spelling(self.entries[number].word).folded
        cut_in = start and _latin(text[start - 1]) and _latin(word[0])
        cut_off = end < len(text) and _latin(text[end]) and _latin(word[-1])
        long = len(word) >= _LEAST_LATIN
        if long and not cut_in and not cut_off and self.wanted(number, "latin"):
            yield self.spot(number, seen, start, end, "latin", len(word) > LEAST_SHAPE)

    def main(self, number: int, seen: Seen, start: int, end: int) -> Iterator[Found]:
        """An occurrence of shapes in the squeezed view ``seen``."""
        word = self.entries[number].word
        if seen.text[start:end] != spelling(word).squeezed:
            yield from self._alike(number, seen, start, end)
            return
        first, last = seen.places[start][0], seen.places[end - 1][1]
        part, bare = self.folded.text[first:last], spelling(word).bare
        at = part.find(bare)
        if at < 0:
            yield from self._spread(number, seen, start, end)
        many = 0
        while at >= 0:
            low, high = first + at, first + at + len(bare)
            if self._at_edges(bare, low, high):
                many += 1
                if many > _MOST_OF_ONE:
                    # A character that fills the text: the rest counts as one.
                    yield Found(number, *self.folded.span(low, last))
                    return
                yield Found(number, *self.folded.span(low, high))
            at = part.find(bare, at + 1)

    def composed(self, number: int, seen: Seen, start: int, end: int) -> Iterator[Found]:
        """An occurrence in ``seen``, where parts were put together."""
        word = spelling(self.entries[number].word).squeezed
        if seen.text[start:end] == word and self.wanted(number, "parts"):
            low, high = seen.places[start][0], seen.places[end - 1][1]
            part = self.folded.text[low:high]
            joined = len(word) > 2 or CLAUSE.isdisjoint(part)
            if joined and spelling(part).squeezed != word and self._at_edges(word, low, high):
                certain = len(word) >= LEAST_SHAPE
                yield Found(number, *self.folded.span(low, high), "parts", certain)

    def reversed(self, number: int, seen: Seen, start: int, end: int) -> Iterator[Found]:
        """An occurrence in the text from its end."""
        word = spelling(self.entries[number].word).squeezed
        same = seen.text[start:end] == word and word != word[::-1]
        if same and len(word) >= _LEAST_REVERSED and self.wanted(number, "reversed"):
            low, high = seen.places[end - 1][0], seen.places[start][1]
            if self._at_edges(word[::-1], low, high):
                spot = self.folded.span(low, high)
                yield Found(number, *spot, "reversed", len(word) > _LEAST_REVERSED)

    def _alike(self, number: int, seen: Seen, start: int, end: int) -> Iterator[Found]:
        """The word in other characters of the same outline, or its numbers written otherwise."""
        word, text = spelling(self.entries[number].word).squeezed, seen.text[start:end]
        view: ViewName = "digits" if digits_of(text) == digits_of(word) else "shape"
        listed = "shape" in self.entries[number].details.views
        if not self.wanted(number, view) or (len(word) < LEAST_SHAPE and view == "digits"):
            return
        low, high = seen.places[start][0], seen.places[end - 1][1]
        same = sum(map(eq, text, word))
        if len(word) < LEAST_SHAPE and not listed:
            # Of two characters one as it stands, the other much like it, and nothing between.
            beside = same == 1 and high - low == len(word) and min(text) >= HAN
            likely = beside and all(
                a == b or resembles(a, b) for a, b in zip(text, word, strict=True)
            )
        else:
            # Words that share nothing but their outlines are two words.
            likely = view == "digits" or same * 3 >= len(word) or len(word) > LEAST_SHAPE
        if likely and self._at_edges(word, low, high):
            yield Found(number, *self.folded.span(low, high), view, certain=False)

    def _spread(self, number: int, seen: Seen, start: int, end: int) -> Iterator[Found]:
        """The word with separators or repeats inside."""
        bare = spelling(self.entries[number].word).bare
        low, high = seen.places[start][0], seen.places[end - 1][1]
        part = self.folded.text[low:high]
        letters = "".join(c for c in part if c.isalnum())
        plain = letters == bare
        if not plain and not _repeats(letters, bare):
            return
        view: ViewName = "separators" if plain else "repeats"
        # Two neighbouring clauses: 雨大，麻烦 is no drug; longer words do not arise so.
        joined = len(bare) > 2 or CLAUSE.isdisjoint(part) or self._alone(low, high)
        if joined and self.wanted(number, view) and self._at_edges(bare, low, high):
            yield Found(number, *self.folded.span(low, high), view)

    def spot(
        self, number: int, seen: Seen, start: int, end: int, view: ViewName, certain: bool
    ) -> Found:
        """What was found at ``start:end`` of a view, in the original text."""
        low, high = seen.places[start][0], seen.places[end - 1][1]
        return Found(number, *self.folded.span(low, high), view, certain)

    def wanted(self, number: int, view: ViewName) -> bool:
        """Whether the entry is looked for in ``view``."""
        views = self.entries[number].details.views
        return not views or view in views

    def _alone(self, start: int, end: int) -> bool:
        """Whether nothing else stands in the same clause."""
        text = self.folded.text
        before, after = text[max(0, start - 1) : start], text[end : end + 1]
        return not before.isalnum() and not after.isalnum()

    def _at_edges(self, word: str, start: int, end: int) -> bool:
        """Whether a word that begins or ends in Latin letters does so at a word's edge."""
        text = self.folded.text
        if start and _latin(word[0]) and _latin(text[start - 1]):
            return False
        return not (end < len(text) and _latin(word[-1]) and _latin(text[end]))


def _repeats(letters: str, word: str) -> bool:
    """Whether ``letters`` is ``word`` with some of its characters more often than once."""
    runs = [(c, sum(1 for _ in same)) for c, same in groupby(letters)]
    own = [(c, sum(1 for _ in same)) for c, same in groupby(word)]
    if [c for c, _ in runs] != [c for c, _ in own]:
        return False
    for (character, count), (_, needed) in zip(runs, own, strict=True):
        if count < needed:
            return False
        if character < HAN and count > needed and count < _DRAWN_OUT:
            return False
    return True


def _latin(character: str) -> bool:
    return character < HAN and character.isalnum() and unicodedata.category(character)[0] in "LN"
