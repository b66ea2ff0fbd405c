"""The filter as the desk asks it: rules in, an action and the hits out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from ..answers import Action, FilterAnswer, Hit
from .advice import advice
from .detectors import NOBODY, Detected, Own, detect
from .entries import Entry, WordAction
from .evidence import Found
from .fold import Folded, fold
from .rules import Rules
from .slices import WINDOW, windows
from .wordlist import default_words, read

__all__ = ["MAX_HITS", "Rules", "WordFilter", "effective"]

MAX_HITS = 500
"""Hits that an answer lists; the action counts them all."""

_RESULT: dict[WordAction, Action] = {
    "allow": "allow",
    "alert": "alert",
    "mask": "alert",
    "review": "review",
    "block": "block",
}
_MILDEST_FIRST: tuple[Action, ...] = ("alert", "review", "block")


class WordFilter:
    """The rules in force. Safe to ask from any thread."""

    def __init__(
        self, rules: Rules, *, own: Own = NOBODY, today: Callable[[], date] = date.today
    ) -> None:
        self._rules = rules
        self._own = own
        self._today = today

    @classmethod
    def from_files(cls, files: Sequence[Path] = (), *, own: Own = NOBODY) -> WordFilter:
        """The built-in list and ``files`` (CSV or TOML). Raises ``word_list_invalid``."""
        entries = default_words()
        for file in files:
            entries += read(file)
        return cls(Rules(entries), own=own)

    def swap(self, rules: Rules) -> None:
        """Put ``rules`` in force: checks that began before finish with the old ones."""
        self._rules = rules

    @property
    def rules(self) -> Rules:
        """The rules in force."""
        return self._rules

    @property
    def ruleset(self) -> str:
        """SHA-256 over every rule in force, 64 hex digits."""
        return self._rules.ruleset

    def check(self, text: str, purpose: str, *, bulk: bool = True) -> FilterAnswer:
        """What to do with ``text``; linear in its length. An emergency is only ever *alerted*.

        ``bulk``: one text for many, in which a household's name and debts have no place.
        """
        rules = self._rules
        day = self._today() if rules.dated else None
        if len(text) <= WINDOW:
            folded = fold(text)
            found = rules.find(text, day, folded)
            detected = self._detected(rules, text, folded, bulk)
        else:
            found = rules.find(text, day)
            detected = [d for piece in windows(text) for d in self._in_piece(rules, piece, bulk)]
        if not found and not detected:
            return FilterAnswer(action="allow", hits=[], ruleset=rules.ruleset)
        results = {_RESULT[effective(rules.entries[f.entry], f)] for f in found}
        results.update(d.action for d in detected)
        action: Action = "allow"
        for result in _MILDEST_FIRST:
            if result in results:
                action = result if purpose != "emergency" else "alert"
        hits = [_hit(rules.entries[f.entry], f) for f in found[:MAX_HITS]]
        hits += [_detector_hit(d) for d in detected[: MAX_HITS - len(hits)]]
        hits.sort(key=lambda hit: (hit.start, -hit.end))
        return FilterAnswer(action=action, hits=hits, ruleset=rules.ruleset)

    def _detected(self, rules: Rules, text: str, folded: Folded, bulk: bool) -> list[Detected]:
        found = detect(folded, own=self._own, bulk=bulk)
        if not found:
            return found
        reach = rules.covered(text)
        return [d for d in found if d.end > reach[d.start]]

    def _in_piece(
        self, rules: Rules, piece: tuple[int, int, str], bulk: bool
    ) -> Iterator[Detected]:
        low, begin, text = piece
        for found in self._detected(rules, text, fold(text), bulk):
            if low + found.end > begin:
                yield Detected(found.rule, found.action, low + found.start, low + found.end)

    def mask(self, text: str) -> str:
        """``text`` with every word of action *mask* replaced by as many ``*``."""
        rules = self._rules
        masked = list(text)
        for found in rules.hits(text, self._today()):
            if found.certain and rules.entries[found.entry].action == "mask":
                masked[found.start : found.end] = "*" * (found.end - found.start)
        return "".join(masked)


def effective(entry: Entry, found: Found) -> WordAction:
    """The word's action; what is only likely never blocks."""
    return "review" if entry.action == "block" and not found.certain else entry.action


def _hit(entry: Entry, found: Found) -> Hit:
    action = effective(entry, found)
    assert action != "allow"
    told = advice(action, found.view)
    return Hit(
        word=entry.word,
        category=entry.category,
        action=action,
        start=found.start,
        end=found.end,
        rule=entry.details.source or "list",
        view=found.view,
        advice=told.english,
        advice_zh=told.chinese,
    )


def _detector_hit(found: Detected) -> Hit:
    told = advice(found.action, found.rule)
    return Hit(
        word="",
        category=found.rule,
        action=found.action,
        start=found.start,
        end=found.end,
        rule=f"detector:{found.rule}",
        view="detector",
        advice=told.english,
        advice_zh=told.chinese,
    )
