"""Compiled word lists: every view of a text against every word. Pure; immutable once built."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate, islice

from . import patterns
from .characters import characters
from .entries import Entry, strictest
from .evidence import Evidence, Found
from .fold import Folded, fold
from .guesses import Guesses
from .latin import LETTERS, plain_letters
from .matcher import Matcher
from .parts import Composer
from .phonetics import MIXED, first_letters, sound, sounds
from .ruleset import hashed
from .slices import WINDOW, windows
from .spelling import spell
from .symbols import without_ornaments
from .views import BARRIER, Seen, backwards, compact, squeeze, translated

MAX_OF_ONE_WORD = 50
MAX_FOUND = 2_000
"""From here on only words that were not found yet: a text full of hits costs no more than another."""
MOST_GUESSES = 500
"""Beginnings of a disguised word that are looked at in a piece of a text; no notice has as many."""


class Rules:
    """Compiled word lists. Immutable, so that a swap of one reference is a reload."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        chosen = strictest(entries)
        self.entries = [entry for entry, _ in chosen if entry.action != "allow"]
        self.allowed = [entry for entry, _ in chosen if entry.action == "allow"]
        self.ruleset = hashed(entry for entry, _ in chosen)
        self._shape = str.maketrans(characters().shape)
        self._dated = any(_has_term(entry) for entry in self.entries)
        words = len(self.entries)
        spelled = [spell(folded) for entry, folded in chosen if entry.action != "allow"]
        listed = {n for n, entry in enumerate(self.entries) if "pinyin" in entry.details.views}
        self._literal = Matcher(patterns.literals(spelled), words // 4)
        self._main = Matcher(patterns.shapes(spelled, self._shape), words)
        self._pairs = Matcher(patterns.pairs(spelled), words)
        self._around = Matcher(patterns.around(spelled), words // 4)
        self._initials = Matcher(patterns.initials(spelled), words // 2)
        self._sounds = Matcher(patterns.sounds(spelled, listed), words)
        self._composer = Composer(*patterns.neighbours(spelled))
        spelled = [spell(folded) for entry, folded in chosen if entry.action == "allow"]
        self._allow_literal = Matcher(patterns.literals(spelled))
        self._allow = Matcher(patterns.shapes(spelled, self._shape), len(spelled))

    @property
    def dated(self) -> bool:
        """Whether some words are in force on some days only."""
        return self._dated

    def find(self, text: str, day: date | None = None, folded: Folded | None = None) -> list[Found]:
        """:meth:`hits` by position; of a word that fills the text, the first ones."""
        kept: dict[int, int] = {}
        found: dict[tuple[int, int, int], Found] = {}
        for hit in self.hits(text, day, folded):
            most = MAX_OF_ONE_WORD if len(found) < MAX_FOUND else 1
            key = hit.entry, hit.start, hit.end
            known = found.get(key)
            if known is not None:
                # Certain in one view is certain.
                found[key] = known if known.certain else hit
            elif kept.get(hit.entry, 0) < most:
                kept[hit.entry] = kept.get(hit.entry, 0) + 1
                found[key] = hit
        return sorted(found.values(), key=lambda f: (f.start, -f.end, f.entry)) if found else []

    def hits(
        self, text: str, day: date | None = None, folded: Folded | None = None
    ) -> Iterator[Found]:
        """Every hit in every view that no allowed word covers; the same one may come twice.

        On ``day`` only words in force then count; ``None``: all.
        """
        if len(text) <= WINDOW:
            yield from self._hits(text, day, folded or fold(text))
            return
        for low, begin, piece in windows(text):
            for hit in self._hits(piece, day, fold(piece)):
                # What ends in the overlap was found before.
                if low + hit.end > begin:
                    yield hit.moved(low)

    def _hits(self, text: str, day: date | None, folded: Folded) -> Iterator[Found]:
        reach: Sequence[int] | None = None
        for hit in self._raw(text, folded):
            if reach is None:
                reach = self.covered(text)
            if day is not None and not self.entries[hit.entry].valid(day):
                continue
            if hit.end > reach[hit.start]:
                yield hit

    def covered(self, text: str) -> Sequence[int]:
        """For each position the furthest end of an allowed word that begins there or before."""
        folded = fold(text)
        seen = Evidence(folded, self.allowed)
        main = squeeze(compact(folded.text))
        ends = array("i", bytes(4 * (len(text) + 1)))
        shaped = translated(main.name, main, main.text.translate(self._shape))
        for cover in self._exact(seen, folded, main, shaped):
            ends[cover.start] = max(ends[cover.start], cover.end)
        return array("i", accumulate(ends, max))

    def _exact(self, seen: Evidence, folded: Folded, main: Seen, shaped: Seen) -> Iterator[Found]:
        for number, start, end in self._allow_literal.find(folded.text):
            yield from seen.literal(number, start, end)
        for number, start, end in self._allow.find(shaped.text):
            found = seen.main(number, main, start, end)
            yield from (f for f in found if f.view != "shape")

    def _raw(self, text: str, folded: Folded) -> Iterator[Found]:
        latin = LETTERS.search(folded.text) is not None
        yield from self._base(folded, latin)
        bare = without_ornaments(text)
        if bare is not None:
            for found in self._base(fold(bare), latin):
                yield found.seen_as("enclosed")
        letters = plain_letters(folded.text) if latin else None
        if letters is not None:
            seen = Guesses(folded, self.entries)
            for number, start, end in self._literal.find(letters.text):
                yield from seen.letters(number, letters, start, end)

    def _base(self, folded: Folded, latin: bool) -> Iterator[Found]:
        seen = Guesses(folded, self.entries)
        if self._literal:
            for number, start, end in self._literal.find(folded.text):
                yield from seen.literal(number, start, end)
        whole = compact(folded.text)
        main = squeeze(whole)
        shapes = main.text.translate(self._shape)
        back = backwards(main)
        # Both directions, and each second character, in one search: to begin one costs the most.
        turn, half = len(shapes) + 1, (len(shapes) + 1) // 2 + 1
        ways = f"{shapes}{BARRIER}{shapes[::-1]}{BARRIER}{shapes[::2]}{BARRIER}{shapes[1::2]}"
        for number, start, end in self._main.find(ways):
            if end < turn:
                yield from seen.main(number, main, start, end)
            elif end < 2 * turn:
                yield from seen.reversed(number, back, start - turn, end - turn)
            else:
                yield from seen.alternate(number, main, _every_second(start - 2 * turn, half))
        for pair, start, _ in islice(self._pairs.find(main.text), MOST_GUESSES):
            number, place = divmod(pair, patterns.PLACES)
            yield from seen.near(number, main, start - place)
        halves = f"{main.text[::2]}{BARRIER}{main.text[1::2]}"
        for number, start, _ in islice(self._around.find(halves), MOST_GUESSES):
            yield from seen.near(number, main, _every_second(start, half))
        if latin and self._initials and MIXED.search(whole.text):
            letters = whole.text.translate(first_letters())
            for number, start, end in islice(self._initials.find(letters), MOST_GUESSES):
                yield from seen.initials(number, whole, start, end)
        yield from self._by_ear(seen, whole, latin)
        for composed in self._composer.views(whole):
            joined = squeeze(composed)
            for number, start, end in self._main.find(joined.text.translate(self._shape)):
                yield from seen.composed(number, joined, start, end)
            yield from self._by_ear(seen, composed, latin)

    def _by_ear(self, seen: Guesses, whole: Seen, latin: bool) -> Iterator[Found]:
        if not self._sounds:
            return
        if latin:
            for heard in sound(whole):
                for number, start, end in self._sounds.find(heard.text):
                    yield from seen.sound(number, heard, start, end)
        else:
            for number, start, end in self._sounds.find(whole.text.translate(sounds())):
                yield from seen.sound(number, whole, start, end)


def _every_second(place: int, half: int) -> int:
    """The place in the text of one in its even characters followed, from ``half`` on, by its odd."""
    return 2 * place if place < half else 2 * (place - half) + 1


def _has_term(entry: Entry) -> bool:
    return entry.details.valid_from is not None or entry.details.valid_until is not None
