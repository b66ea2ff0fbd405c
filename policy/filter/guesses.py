"""What is only likely to be a word of the list: by its sound, its outline, or with a filler. Pure.

Everything found here asks for a review and never blocks.
"""

from __future__ import annotations

from collections.abc import Iterator

from .evidence import CLAUSE, LEAST_SHAPE, Evidence, Found
from .likeness import alike
from .phonetics import LEAST
from .spelling import HAN, spelling
from .views import Seen

_LEAST_UNLIKE = 5
"""Characters of a word of which one may be any other."""


class Guesses(Evidence):
    """One text and the entries that are looked for in it, with doubt."""

    def sound(self, number: int, seen: Seen, start: int, end: int) -> Iterator[Found]:
        """An occurrence of syllables: of four and more, or half of it as written."""
        word, wanted = spelling(self.entries[number].word).bare, self.wanted(number, "pinyin")
        low, high = seen.places[start][0], seen.places[end - 1][1]
        listed = "pinyin" in self.entries[number].details.views
        long = len(word) >= LEAST or listed
        if wanted and (long or self._half_written(word, seen, start)):
            text = self.folded.text
            # A syllable is not cut out of a longer run of letters.
            inside = low and _letter(text[low]) and _letter(text[low - 1])
            if not inside and self.folded.text[low:high] != word:
                yield Found(number, *self.folded.span(low, high), "pinyin", certain=False)

    def near(self, number: int, seen: Seen, low: int) -> Iterator[Found]:
        """Two characters of a word as they stand, the word's others in characters like its own.

        ``low``: where the word would begin.
        """
        word = spelling(self.entries[number].word).squeezed
        text = seen.text[low : low + len(word)]
        if low < 0 or len(text) != len(word):
            return
        others = [i for i, character in enumerate(word) if text[i] != character]
        if not 0 < 2 * len(others) <= len(word) or not self.wanted(number, "shape"):
            return
        if any(text[i] < HAN for i in others):
            return
        unlike = sum(not alike(text[i], word[i], within=0 < i < len(word) - 1) for i in others)
        if unlike > (len(word) >= _LEAST_UNLIKE + len(others) - 1):
            return
        first, last = seen.places[low][0], seen.places[low + len(word) - 1][1]
        # 中心，请 is no 中心语.
        if len(word) > LEAST_SHAPE or CLAUSE.isdisjoint(self.folded.text[first:last]):
            yield Found(number, *self.folded.span(first, last), "shape", certain=False)

    def initials(self, number: int, seen: Seen, start: int, end: int) -> Iterator[Found]:
        """A word of which half stands as written and half as the first letters of its sounds."""
        word, text = spelling(self.entries[number].word).bare, seen.text[start:end]
        letters = sum(a < HAN for a in text)
        half = 0 < 2 * letters <= len(word)
        same = half and all(a < HAN or a == b for a, b in zip(text, word, strict=True))
        cut = _latin_at(seen.text, start - 1, start) or _latin_at(seen.text, end - 1, end)
        if same and not cut and self.wanted(number, "pinyin"):
            yield self.spot(number, seen, start, end, "pinyin", certain=False)

    def alternate(self, number: int, seen: Seen, low: int) -> Iterator[Found]:
        """A word with a filler in each gap, whatever that is; ``low``: where it begins."""
        word = spelling(self.entries[number].word).squeezed
        high = low + 2 * len(word) - 1
        long = len(word) >= LEAST_SHAPE
        if long and seen.text[low:high:2] == word and self.wanted(number, "filler"):
            yield self.spot(number, seen, low, high, "filler", certain=False)

    def _half_written(self, word: str, seen: Seen, start: int) -> bool:
        """Whether what of the word stands in characters is the word's own, and some is not."""
        text = self.folded.text
        letters = 0
        for offset, character in enumerate(word):
            low, high = seen.places[start + offset]
            if _letter(text[low]):
                letters += 1
            elif text[low:high] != character:
                return False
        return 0 < letters < len(word)


def _latin_at(text: str, *places: int) -> bool:
    """Whether letters stand at all of ``places``."""
    return all(0 <= place < len(text) and _letter(text[place]) for place in places)


def _letter(character: str) -> bool:
    return "a" <= character <= "z"
