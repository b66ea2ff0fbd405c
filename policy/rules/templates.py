"""Texts that may go without approval: fixed words with small, bounded gaps. Pure.

Whether a text is a template is decided in time that grows with its length alone: no pattern of the
file's is ever run, gaps never touch, and each takes one of four kinds of characters up to a length.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .model import Slot, SlotKind, Template

MAX_TEMPLATES = 100
MAX_TEXT = 500
MAX_SLOTS = 8
LEAST_FIXED = 8
"""Characters outside the gaps, at least."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,19}")
_DIGITS_ON_END = 4
"""Of a gap for words: no phone number, no amount with a bank account."""


@dataclass(frozen=True, slots=True)
class Form:
    """A template ready for use: fixed words and gaps, in turn."""

    template: Template
    pieces: tuple[str | Slot, ...] = field(repr=False)

    def matches(self, text: str) -> bool:
        """Whether ``text`` is this template, with something allowed in every gap."""
        ends = {0}
        for piece in self.pieces:
            if isinstance(piece, str):
                ends = {end + len(piece) for end in ends if text.startswith(piece, end)}
            else:
                ends = {after for end in ends for after in _filled(text, end, piece)}
            if not ends:
                return False
        return len(text) in ends


def form(template: Template) -> Form:
    """The form of a checked template."""
    pieces: list[str | Slot] = []
    for words, name in _parsed(template.text):
        if words:
            pieces.append(words)
        if name is not None:
            pieces.append(template.slots.get(name, Slot()))
    return Form(template, tuple(pieces))


def problems(template: Template) -> Iterator[str]:
    """What is wrong with a template, in words."""
    if not template.purposes:
        yield "it names no purposes"
    if "emergency" in template.purposes:
        yield "an emergency needs no template"
    if len(template.text) > MAX_TEXT:
        yield f"its text has more than {MAX_TEXT} characters"
        return
    try:
        parsed = list(_parsed(template.text))
    except ValueError:
        yield "write a gap as {name}, a brace as {{ or }}"
        return
    names = [name for _, name in parsed if name is not None]
    if any(not _NAME.fullmatch(name) for name in names):
        yield "a gap is called by small letters, digits and _, such as {date}"
    if len(names) > MAX_SLOTS or len(set(names)) < len(names):
        yield f"at most {MAX_SLOTS} gaps, each with a name of its own"
    if any(not words for words, name in parsed[1:] if name is not None):
        yield "two gaps touch: put words between them"
    if sum(len(words.strip()) for words, _ in parsed) < LEAST_FIXED:
        yield f"fewer than {LEAST_FIXED} characters are fixed"
    for name in template.slots.keys() - set(names):
        yield f"no gap is called {name[:20]!r}"


def _parsed(text: str) -> Iterator[tuple[str, str | None]]:
    """Words, and the name of the gap after them. ``ValueError`` for what is no template."""
    for words, name, spec, conversion in string.Formatter().parse(text):
        if spec or conversion:
            msg = "a gap has a name alone"
            raise ValueError(msg)
        yield words, name


def _filled(text: str, begin: int, slot: Slot) -> Iterator[int]:
    """Where a gap that begins at ``begin`` may end."""
    allowed, digits = _ALLOWED[slot.kind], 0
    for end in range(begin, min(begin + slot.max, len(text))):
        character = text[end]
        if not allowed(character):
            return
        digits = digits + 1 if unicodedata.category(character) == "Nd" else 0
        if slot.kind == "words" and digits > _DIGITS_ON_END:
            return
        yield end + 1


def _is_word(character: str) -> bool:
    return character in " 、-" or unicodedata.category(character) in {"Lo", "Lu", "Ll", "Nd"}


_ALLOWED: dict[SlotKind, Callable[[str], bool]] = {
    "digits": lambda c: c in "0123456789",
    "date": lambda c: c in "0123456789-/.年月日号至周一二三四五六天（） ",
    "time": lambda c: c in "0123456789:：-—至点时分半上下午晚早 ",
    "words": _is_word,
}
