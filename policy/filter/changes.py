"""What differs between two word lists. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from .entries import COLUMNS, Entry

MAX_CHANGES = 10_000
"""Lines that are listed; a last line says how many more there are."""


def changes(old: Sequence[Entry], new: Sequence[Entry]) -> list[str]:
    """One line a difference, by word: ``+`` new, ``-`` gone, ``~`` changed."""
    before, after = _by_word(old), _by_word(new)
    lines: list[str] = []
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        if was is None and now is not None:
            lines.append(f"+ {_shown(now)}")
        elif now is None and was is not None:
            lines.append(f"- {_shown(was)}")
        elif was is not None and now is not None and was != now:
            lines.append(f"~ {now.word}: {_difference(was, now)}")
    if len(lines) > MAX_CHANGES:
        return [*lines[:MAX_CHANGES], f"… and {len(lines) - MAX_CHANGES} more"]
    return lines


def _by_word(entries: Sequence[Entry]) -> dict[tuple[str, bool], Entry]:
    return {(entry.word, entry.action == "allow"): entry for entry in entries}


def _shown(entry: Entry) -> str:
    return f"{entry.word} ({entry.category}, {entry.action})"


def _difference(was: Entry, now: Entry) -> str:
    pairs = zip(COLUMNS, was.row(), now.row(), strict=True)
    return ", ".join(f"{name} {a or '-'} → {b or '-'}" for name, a, b in pairs if a != b)
