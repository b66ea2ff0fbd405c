"""Finding patterns in one view of a text. Pure; linear in the text's length."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

SLICE = 16_384
"""Characters searched at a time: bounds memory and how long the interpreter is held."""
SHARD = 5_100
"""Patterns of one automaton, about. Building one holds the interpreter, here for about 12 ms."""


class Matcher:
    """Automata over one spelling of the entries; built in shards so that no build stalls others.

    ``expected`` is about how many patterns come.
    """

    def __init__(self, patterns: Iterable[tuple[str, int]], expected: int = 0) -> None:
        shards = expected // SHARD + 1
        buckets = [(list[str](), array("I")) for _ in range(shards)]
        for pattern, entry in patterns:
            # By first character: what begins alike shares its states.
            texts, entries = buckets[ord(pattern[0]) % shards]
            texts.append(pattern)
            entries.append(entry)
        self._shards: list[tuple[AhoCorasick, array[int]]] = []
        self._longest = 0
        while buckets:
            texts, entries = buckets.pop()
            self._longest = max(self._longest, max(map(len, texts), default=0))
            for low in range(0, len(texts), 2 * SHARD):
                built = _automaton(texts[low : low + 2 * SHARD])
                self._shards.append((built, entries[low : low + 2 * SHARD]))

    def find(self, text: str) -> Iterable[tuple[int, int, int]]:
        """Every occurrence as (entry, start, end), overlapping ones too."""
        if len(text) > SLICE:
            return self._find_in_slices(text)
        return [
            (entries[number], start, end)
            for automaton, entries in self._shards
            for number, start, end in automaton.find_matches_as_indexes(text, overlapping=True)
        ]

    def _find_in_slices(self, text: str) -> Iterator[tuple[int, int, int]]:
        for begin in range(0, len(text), SLICE):
            # Overlap so that nothing is cut; what ends in the overlap was found before.
            low = max(0, begin - self._longest + 1)
            piece = text[low : begin + SLICE]
            for automaton, entries in self._shards:
                found = automaton.find_matches_as_indexes(piece, overlapping=True)
                for number, start, end in found:
                    if low + end > begin:
                        yield entries[number], low + start, low + end

    def __bool__(self) -> bool:
        """Whether there is anything to find."""
        return bool(self._shards)


def _automaton(patterns: list[str]) -> AhoCorasick:
    return AhoCorasick(
        patterns,
        matchkind=MatchKind.Standard,
        store_patterns=False,
        # The DFA is no faster here and takes 800 MB at 100,000 words.
        implementation=Implementation.ContiguousNFA,
    )
