"""The fields of one line of a word list, validated one by one. Pure."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from .entries import ACTIONS, COLUMNS, NEEDED, PLAIN, SEVERITIES, VIEW_NAMES, Details, Entry
from .fold import fold_word

MAX_WORD = 64
MAX_CATEGORY = 40
_MAX_NOTE = 80
_MAX_DETAILS = 10_000

S = TypeVar("S", bound=str)


class FieldError(Exception):
    """What is wrong with a line, in words; it does not hold the word."""


class Fields:
    """Reads rows with certain columns; what many rows say alike is kept once."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = list(columns)
        self._needed = [self._columns.index(name) for name in COLUMNS[:NEEDED]]
        self._known: dict[tuple[str, ...], Details] = {}

    def entry(self, row: Sequence[str]) -> Entry:
        """The entry that ``row`` describes. Raises :class:`FieldError`."""
        if len(row) != len(self._columns):
            raise FieldError(f"{len(row)} columns, not {len(self._columns)}")
        word, category, acts = [row[place].strip() for place in self._needed]
        action = _one_of("action", acts, ACTIONS)
        folded = fold_word(word)
        readable = folded.isalpha() or any(c.isalnum() for c in folded)
        if not readable or len(word) > MAX_WORD:
            raise FieldError(f"a word has 1 to {MAX_WORD} characters, one a letter or digit")
        if not category or len(category) > MAX_CATEGORY:
            raise FieldError(f"a category has 1 to {MAX_CATEGORY} characters")
        return Entry(word, sys.intern(category), action, self._details(row))

    def _details(self, row: Sequence[str]) -> Details:
        if len(row) == NEEDED:
            return PLAIN
        word = self._needed[0]
        key = (*row[:word], *row[word + 1 :])
        known = self._known.get(key)
        if known is None:
            known = _details({n: c.strip() for n, c in zip(self._columns, row, strict=True)})
            if len(self._known) < _MAX_DETAILS:
                self._known[key] = known
        return known


def _details(cells: dict[str, str]) -> Details:
    first = _day("valid_from", cells.get("valid_from", ""))
    last = _day("valid_until", cells.get("valid_until", ""))
    if first is not None and last is not None and last < first:
        raise FieldError("valid_until lies before valid_from")
    views = tuple(v.strip() for v in cells.get("views", "").split("|") if v.strip())
    return Details(
        severity=_one_of("severity", cells.get("severity", ""), SEVERITIES),
        views=tuple(_one_of("view", view, VIEW_NAMES) for view in views),
        valid_from=first,
        valid_until=last,
        source=_note("source", cells),
        added_by=_note("added_by", cells),
        approved_by=_note("approved_by", cells),
    )


def _one_of(name: str, value: str, known: Sequence[S]) -> S:
    for one in known:
        if one == value:
            return one
    raise FieldError(f"the {name} must be one of {', '.join(k for k in known if k)}")


def _day(name: str, value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise FieldError(f"{name} is a day such as 2026-01-31") from None


def _note(name: str, cells: dict[str, str]) -> str:
    value = cells.get(name, "")
    if len(value) > _MAX_NOTE or not value.isprintable():
        raise FieldError(f"{name} has at most {_MAX_NOTE} printable characters")
    return value
