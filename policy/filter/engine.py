"""The filter as the desk asks it: rules in, an action and the hits out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from ..answers import Action, FilterAnswer, Hit
from .fold import Folded, fold
from .matcher import Found, Matcher, compact_patterns, literal_patterns
from .views import VIEWS, literal
from .wordlist import Entry, WordAction, default_words, read, strictest

MAX_HITS = 500
"""Hits that an answer lists; the action counts them all."""
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
_STRICTEST_FIRST: tuple[Action, ...] = ("block", "review", "alert")


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
        """Hits that no allowed word covers, by position; each place and word once."""
        folded = fold(text)
        found: set[Found] = set()
        covers: list[Found] = []
        for name, view in VIEWS.items():
            seen: Folded = view(folded)
            hits = self._deny[name].find(seen)
            found.update(hits if view is literal else (f for f in hits if self._joined(text, f)))
            covers.extend(self._allow[name].find(seen))
        ordered = sorted(found, key=lambda f: (f.start, -f.end, f.entry))
        return _uncovered(ordered, covers) if covers else ordered

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
        action: Action = next((a for a in _STRICTEST_FIRST if a in results), "allow")
        if found and purpose == "emergency":
            action = "alert"
        hits = [_hit(rules.entries[f.entry], f) for f in found[:MAX_HITS]]
        return FilterAnswer(action=action, hits=hits, ruleset=rules.ruleset)

    def mask(self, text: str) -> str:
        """``text`` with every word of action *mask* replaced by as many ``*``."""
        rules = self._rules
        masked = list(text)
        for found in rules.find(text):
            if rules.entries[found.entry].action == "mask":
                masked[found.start : found.end] = "*" * (found.end - found.start)
        return "".join(masked)


def _uncovered(hits: Sequence[Found], covers: Iterable[Found]) -> list[Found]:
    """``hits`` (by start) without those that lie wholly inside one of ``covers``; linear."""
    by_start = sorted(covers, key=lambda f: f.start)
    kept: list[Found] = []
    reach, position = 0, 0
    for hit in hits:
        # Of all allowed words that begin at or before the hit, the furthest reach decides.
        while position < len(by_start) and by_start[position].start <= hit.start:
            reach = max(reach, by_start[position].end)
            position += 1
        if hit.end > reach:
            kept.append(hit)
    return kept


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
