"""The filter as the desk asks it: rules in, an action and the hits out."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import msgspec

from ..answers import Action, FilterAnswer, Hit
from .fold import fold
from .matcher import Found, Matcher, compact_patterns, literal_patterns
from .views import VIEWS
from .wordlist import Entry, WordAction, default_words, read, strictest

MAX_HITS = 500
"""Hits that an answer lists; the action counts them all."""
MAX_OF_ONE_WORD = 50
MAX_FOUND = 2_000
"""From here on only words that were not found yet: a text full of hits costs no more than another."""
_FORMAT = "estate-sms/filter/1"
"""Enters the rule-set hash: change it with the meaning of fold, views or matching."""

_CLAUSE = frozenset(",，、:：")

_PATTERNS = {"literal": literal_patterns, "compact": compact_patterns}
_RESULT: dict[WordAction, Action] = {
    "allow": "allow",
    "alert": "alert",
    "mask": "alert",
    "review": "review",
    "block": "block",
}
_MILDEST_FIRST: tuple[Action, ...] = ("alert", "review", "block")


class Rules:
    """Compiled word lists. Immutable, so that a swap of one reference is a reload."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        chosen = strictest(entries)
        self.entries = [entry for entry in chosen if entry.action != "allow"]
        self.allowed = [entry for entry in chosen if entry.action == "allow"]
        self.ruleset = _hash(chosen)
        self._deny = {name: Matcher(make(self.entries)) for name, make in _PATTERNS.items()}
        self._allow = {name: Matcher(make(self.allowed)) for name, make in _PATTERNS.items()}

    def find(self, text: str) -> list[Found]:
        """:meth:`hits` by position; of a word that fills the text, the first ones."""
        kept: dict[int, int] = {}
        found: set[Found] = set()
        for hit in self.hits(text):
            most = MAX_OF_ONE_WORD if len(found) < MAX_FOUND else 1
            if kept.get(hit.entry, 0) < most and hit not in found:
                kept[hit.entry] = kept.get(hit.entry, 0) + 1
                found.add(hit)
        return sorted(found, key=lambda f: (f.start, -f.end, f.entry))

    def hits(self, text: str) -> Iterator[Found]:
        """Every hit in every view that no allowed word covers; the same one may come twice."""
        folded = fold(text)
        views = {name: view(folded) for name, view in VIEWS.items()}
        covers = [c for name, seen in views.items() for c in self._allow[name].find(seen)]
        reach = _reach(covers, len(text)) if covers else None
        for name, seen in views.items():
            for hit in self._deny[name].find(seen):
                covered = reach is not None and hit.end <= reach[hit.start]
                if not covered and (name == "literal" or self._joined(text, hit)):
                    yield hit

    def _joined(self, text: str, found: Found) -> bool:
        """Not two neighbouring clauses: 雨大，麻烦 is no drug; longer words do not arise so."""
        return len(self.entries[found.entry].word) > 2 or _CLAUSE.isdisjoint(
            text[found.start : found.end]
        )


class WordFilter:
    """The rules in force. Safe to ask from any thread."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    @classmethod
    def from_files(cls, files: Sequence[Path] = ()) -> WordFilter:
        """The built-in list and ``files`` (CSV: word,category,action). Raises ``word_list_invalid``."""
        entries = default_words()
        for file in files:
            entries += read(file)
        return cls(Rules(entries))

    def swap(self, rules: Rules) -> None:
        """Put ``rules`` in force: checks that began before finish with the old ones."""
        self._rules = rules

    @property
    def ruleset(self) -> str:
        """SHA-256 over every rule in force, 64 hex digits."""
        return self._rules.ruleset

    def check(self, text: str, purpose: str) -> FilterAnswer:
        """What to do with ``text``; linear in its length. An emergency is only ever *alerted*."""
        rules = self._rules
        found = rules.find(text)
        results = {_RESULT[rules.entries[number].action] for number in {f.entry for f in found}}
        action: Action = "allow"
        for result in _MILDEST_FIRST:
            if result in results:
                action = result if purpose != "emergency" else "alert"
        hits = [_hit(rules.entries[f.entry], f) for f in found[:MAX_HITS]]
        return FilterAnswer(action=action, hits=hits, ruleset=rules.ruleset)

    def mask(self, text: str) -> str:
        """``text`` with every word of action *mask* replaced by as many ``*``."""
        rules = self._rules
        masked = list(text)
        for found in rules.hits(text):
            if rules.entries[found.entry].action == "mask":
                masked[found.start : found.end] = "*" * (found.end - found.start)
        return "".join(masked)


def _reach(covers: Iterable[Found], length: int) -> Sequence[int]:
    """For each position the furthest end of an allowed word that begins there or before."""
    ends = array("i", bytes(4 * (length + 1)))
    for cover in covers:
        ends[cover.start] = max(ends[cover.start], cover.end)
    return array("i", accumulate(ends, max))


def _hit(entry: Entry, found: Found) -> Hit:
    assert entry.action != "allow"
    return Hit(
        word=entry.word,
        category=entry.category,
        action=entry.action,
        start=found.start,
        end=found.end,
    )


def _hash(entries: Sequence[Entry]) -> str:
    rows = [[entry.word, entry.category, entry.action] for entry in entries]
    return hashlib.sha256(msgspec.json.encode([_FORMAT, rows])).hexdigest()
