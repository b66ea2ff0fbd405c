"""One word of a list, and all that may be said of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal, get_args

import msgspec

from .fold import fold_word

WordAction = Literal["block", "review", "mask", "alert", "allow"]
"""``allow`` covers hits inside it: 路口交通 is no hit of a word within."""
Severity = Literal["", "low", "medium", "high", "critical"]
ViewName = Literal[
    "literal", "separators", "repeats", "parts", "shape", "pinyin", "reversed", "digits",
    "enclosed", "latin", "filler",
]  # fmt: skip
"""How a word was found; a list may name the views of a word."""

ACTIONS: tuple[WordAction, ...] = get_args(WordAction)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
VIEW_NAMES: tuple[ViewName, ...] = get_args(ViewName)

_BUCKETS = 256


class Details(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a line may say beyond word, category and action; shared by the lines that say the same."""

    severity: Severity = ""
    views: tuple[ViewName, ...] = ()
    """The only views to look in, ``literal`` always; empty: those that suit the word's length."""
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day, in the estate's time zone."""
    source: str = ""
    added_by: str = ""
    approved_by: str = ""


PLAIN = Details()


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One word of a list."""

    word: str
    category: str
    action: WordAction
    details: Details = PLAIN

    def __repr__(self) -> str:
        """Short: a repr may reach a log."""
        return f"Entry({self.category!r}, {self.action!r})"

    def valid(self, day: date) -> bool:
        """Whether the word is in force on ``day``."""
        first, last = self.details.valid_from, self.details.valid_until
        return (first is None or first <= day) and (last is None or day <= last)

    def row(self) -> list[str]:
        """Every field as text, in the order of :data:`COLUMNS`."""
        more = self.details
        return [
            self.word, self.category, self.action, more.severity, "|".join(more.views),
            _day(more.valid_from), _day(more.valid_until),
            more.source, more.added_by, more.approved_by,
        ]  # fmt: skip


COLUMNS = (
    "word", "category", "action", "severity", "views", "valid_from", "valid_until",
    "source", "added_by", "approved_by",
)  # fmt: skip
NEEDED = 3
"""The first columns must be there, the others may."""


def strictest(entries: Iterable[Entry]) -> list[tuple[Entry, str]]:
    """One entry for each (word, allow or not, validity), and its word folded: the strictest, so that
    order does not matter. Sorted in small buckets, since one large sort would hold the interpreter."""
    buckets: list[dict[str, tuple[Entry, str]]] = [{} for _ in range(_BUCKETS)]
    for entry in entries:
        folded = fold_word(entry.word)
        bucket = buckets[ord(folded[-1]) % _BUCKETS]
        key = f"{folded}\x00{entry.action == 'allow':d}{_term(entry)}"
        known = bucket.get(key)
        if known is None or _rank(entry) < _rank(known[0]):
            bucket[key] = entry, folded
    return list(_sorted(buckets))


def _sorted(buckets: Iterable[dict[str, tuple[Entry, str]]]) -> Iterator[tuple[Entry, str]]:
    for bucket in buckets:
        yield from sorted(bucket.values(), key=lambda e: (e[0].word, e[0].category, e[0].action))


def _term(entry: Entry) -> str:
    more = entry.details
    if more.valid_from is None and more.valid_until is None:
        return ""
    return f"{_day(more.valid_from)}/{_day(more.valid_until)}"


def _rank(entry: Entry) -> tuple[int, str, str]:
    return ACTIONS.index(entry.action), entry.category, entry.word


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
