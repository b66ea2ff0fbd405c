"""Word lists: CSV with the header ``word,category,action``. Parsing only; matching is elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal, get_args

from .. import words
from ..errors import PolicyError
from .fold import fold

WordAction = Literal["block", "review", "mask", "alert", "allow"]
"""``allow`` covers hits inside it: 路口交通 is no hit of a word within."""

ACTIONS: tuple[WordAction, ...] = get_args(WordAction)
HEADER = ["word", "category", "action"]
MAX_WORD = 64
MAX_CATEGORY = 40
MAX_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Entry:
    """One word of a list."""

    word: str
    category: str
    action: WordAction


def default_words() -> list[Entry]:
    """The built-in list: general terms, no persons, no organisations."""
    return parse("default.csv", resources.files(words).joinpath("default.csv").read_bytes())


def read(file: Path) -> list[Entry]:
    """The entries of ``file``. Raises ``word_list_invalid``, also when it cannot be read."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise _invalid(file.name, 0, f"more than {MAX_BYTES >> 20} MiB")
        content = file.read_bytes()
    except OSError as error:
        raise _invalid(file.name, 0, f"cannot be read ({error.strerror})") from None
    return parse(file.name, content)


def parse(name: str, content: bytes) -> list[Entry]:
    """The entries of a CSV file, UTF-8 or GB18030; blank lines and ``#`` lines are skipped.

    Raises ``word_list_invalid`` with file, line and reason; nothing is half-loaded.
    """
    rows = csv.reader(io.StringIO(_decode(name, content), newline=""), strict=True)
    entries: list[Entry] = []
    headed = False
    try:
        for row in rows:
            if not any(cell.strip() for cell in row) or row[0].startswith("#"):
                continue
            if not headed:
                headed = _header(name, rows.line_num, row)
                continue
            entries.append(_entry(name, rows.line_num, row))
    except csv.Error as error:
        raise _invalid(name, rows.line_num, f"no valid CSV ({error})") from None
    if not headed:
        raise _invalid(name, 1, "the header word,category,action is missing")
    return entries


def strictest(entries: Iterable[Entry]) -> list[Entry]:
    """One entry for each (word, allow or not): the strictest, so that order does not matter."""
    chosen: dict[tuple[str, bool], Entry] = {}
    for entry in entries:
        key = (fold(entry.word).text, entry.action == "allow")
        known = chosen.get(key)
        if known is None or _rank(entry) < _rank(known):
            chosen[key] = entry
    return sorted(chosen.values(), key=lambda e: (e.word, e.category, e.action))


def _rank(entry: Entry) -> tuple[int, str, str]:
    return ACTIONS.index(entry.action), entry.category, entry.word


def _decode(name: str, content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _invalid(name, 0, "neither UTF-8 nor GB18030")


def _header(name: str, line: int, row: Sequence[str]) -> bool:
    if [cell.strip().lower() for cell in row] != HEADER:
        raise _invalid(name, line, "the first line must be word,category,action")
    return True


def _entry(name: str, line: int, row: Sequence[str]) -> Entry:
    if len(row) != len(HEADER):
        raise _invalid(name, line, f"{len(row)} columns, not {len(HEADER)}")
    word, category, action = (cell.strip() for cell in row)
    known: WordAction | None = next((a for a in ACTIONS if a == action), None)
    if known is None:
        raise _invalid(name, line, f"the action must be one of {', '.join(ACTIONS)}")
    if not word or len(word) > MAX_WORD or not any(c.isalnum() for c in fold(word).text):
        raise _invalid(name, line, f"a word has 1 to {MAX_WORD} characters, one a letter or digit")
    if not category or len(category) > MAX_CATEGORY:
        raise _invalid(name, line, f"a category has 1 to {MAX_CATEGORY} characters")
    return Entry(word, category, known)


def _invalid(file: str, line: int, what: str) -> PolicyError:
    return PolicyError("word_list_invalid", file=file, line=line, what=what)
