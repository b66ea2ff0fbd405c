"""What the rooms below say in plain English, in the reader's language.

They know of no catalogue: their words are found again here by their form.
"""

from __future__ import annotations

import re
import string
from functools import cache

from ..language import _, language
from . import findings, refusals, verdicts

TEMPLATES = (*refusals.WORDS, *verdicts.WORDS, *findings.WORDS)
_ANY, _DIGITS = r".*?", r"\d+"
_INNER = "what"
"""A gap that holds words of the same kind."""
_BETWEEN = "; "
_SAME = {"unknown": "not known"}
"""Words that the catalogue has in another sense."""


def heard(text: str) -> str:
    """``text`` in the reader's language; what is not known stays as it is."""
    if language() == "en":
        return text
    text = _SAME.get(text, text)
    if (said := _(text)) != text:
        return said
    pieces = text.split(_BETWEEN)
    if len(pieces) > 1 and all(heard(piece) != piece for piece in pieces):
        return _(_BETWEEN).join(map(heard, pieces))
    for template, form in _forms():
        if found := form.fullmatch(text):
            gaps = found.groupdict()
            return _(template).format(**{gap: _filling(template, gap, gaps[gap]) for gap in gaps})
    return text


def _filling(template: str, gap: str, found: str) -> str | int:
    if gap == _INNER:
        return heard(found)
    return int(found) if f"{{{gap}:d}}" in template else found


@cache
def _forms() -> list[tuple[str, re.Pattern[str]]]:
    """The most telling first: with the most words outside of gaps."""
    ordered = sorted(TEMPLATES, key=lambda t: -sum(len(words) for words, *_gap in _pieces(t)))
    return [(template, _form(template)) for template in ordered if "{" in template]


def _form(template: str) -> re.Pattern[str]:
    pieces = (
        re.escape(words) + (f"(?P<{gap}>{_DIGITS if kind == 'd' else _ANY})" if gap else "")
        for words, gap, kind in _pieces(template)
    )
    return re.compile("".join(pieces), re.DOTALL)


def _pieces(template: str) -> list[tuple[str, str | None, str | None]]:
    return [(words, gap, kind) for words, gap, kind, _how in string.Formatter().parse(template)]
