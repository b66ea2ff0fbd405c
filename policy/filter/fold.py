"""Folding: many ways to write a character, one to match it. Pure, and free of context.

Each character of a text folds on its own: compatibility decomposition (NFKD), marks and invisible
characters dropped, case folded, look-alikes of Latin letters made Latin, traditional Chinese made
simplified. Being free of context makes it linear and keeps the way back to the original trivial.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from .. import words

SLICE = 16_384
"""Characters folded at a time: what runs in C without a pause stays short."""

_LATIN = dict(
    zip(
        "авекмнорстухіјѕԁһӏԛԝґєαβειικνορτυχγηωıɑɡɩʏгпьмϲσɛɔʌоօոսհցզռлΟΡᴀʙᴄᴅᴇɢʜᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡᴢ",
        "abekmhopctyxijsdhlqwreabeiiknoptuxynwiagiyrnbmcoecaoonuhgqnnopabcdeghjklmnoprstuvwz",
        strict=True,
    )
)
_RADICALS = {
    "⺀": "冫",
    "⺅": "亻",
    "⺈": "刀",
    "⺌": "小",
    "⺘": "扌",
    "⺡": "氵",
    "⺼": "肉",
    "〇": "0",
}
_DROPPED = frozenset({"Mn", "Me", "Cf", "Cs", "Cn", "Co"})
_MODIFIERS = frozenset("々〱〲〳〴〵〻ゝゞヽヾー")
"""Modifier letters that are written out; the others (ˉ, ˊ) stand above or beside a letter."""
_INVISIBLE = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0\u180b\u180c\u180d\u180f\u2800")
"""Default-ignorable characters that general categories do not drop, and the blank Braille cell."""


class Folded(NamedTuple):
    """A folded text and, for each of its characters, where it came from."""

    text: str
    origins: Sequence[int]
    """``origins[i]`` is the index in the original of what became ``text[i]``; ascending."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original of ``text[start:end]``, which must not be empty."""
        return self.origins[start], self.origins[end - 1] + 1

    def __repr__(self) -> str:
        """Without the text: a repr may reach a log."""
        return f"Folded({len(self.text)} characters)"


def fold_word(word: str) -> str:
    """``word`` folded, without the way back; itself, if nothing changed."""
    folded = "".join(map(_table().__getitem__, word))
    return word if folded == word else folded


def fold(text: str) -> Folded:
    """``text`` folded; linear in its length, and never fails, whatever the characters are."""
    table = _table()
    if len(text) <= SLICE:
        pieces = list(map(table.__getitem__, text))
        joined = "".join(pieces)
        if len(joined) == len(text) and "" not in pieces:
            return Folded(joined, range(len(text)))
    folded: list[str] = []
    origins: list[int] = []
    for begin in range(0, len(text), SLICE):
        pieces = [table[character] for character in text[begin : begin + SLICE]]
        folded.append("".join(pieces))
        origins += [i for i, piece in enumerate(pieces, begin) for _ in piece]
    return Folded("".join(folded), origins)


class _Table(dict[str, str]):
    """Characters seen so far and what they fold to; at most every character there is."""

    def __init__(self, simplified: dict[str, str], alike: dict[str, str]) -> None:
        super().__init__()
        self._simplified = simplified
        self._alike = alike

    def __missing__(self, character: str) -> str:
        plain = self._alike.get(character) or unicodedata.normalize("NFKD", character)
        folded = "".join(self._one(c) for c in plain)
        self[character] = folded
        return folded

    def _one(self, character: str) -> str:
        if character in _INVISIBLE or _dropped(character):
            return ""
        lower = unicodedata.normalize("NFKD", character.casefold())
        kept = (c for c in lower if not _dropped(c))
        return "".join(self._alike.get(c) or self._simplified.get(c, c) for c in kept)


def _dropped(character: str) -> bool:
    category = unicodedata.category(character)
    return category in _DROPPED or (category == "Lm" and character not in _MODIFIERS)


@cache
def _table() -> _Table:
    alike = _rows("letters.csv") | _LATIN | _RADICALS
    return _Table(_rows("simplified.csv") | _rows("variants.csv"), alike)


def _rows(name: str) -> dict[str, str]:
    lines = resources.files(words).joinpath(name).read_text("utf-8").splitlines()
    table = csv.reader(line for line in lines if not line.startswith("#"))
    next(table)
    return {row[0]: row[1] for row in table}
