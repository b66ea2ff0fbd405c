"""Ornaments: what parts a word's characters and could also be read for itself. Pure."""

from __future__ import annotations

import re

_SIGNS = (
    "\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209c\u2150-\u218b\u2460-\u24ff\u2776-\u2793\u3200-\u33ff"
    "\U0001f100-\U0001f1ff\U0001f200-\U0001f265"
)
_MAYBE = re.compile(f"[\u20e3?!{_SIGNS}]")
_ENCLOSED = re.compile(
    f"[0-9#*]\ufe0f?\u20e3|[{_SIGNS}]+|(?<=[\u4e00-\u9fff])[?!](?=[\u4e00-\u9fff])"
)
"""A full stop of ASCII between Chinese characters as well: whoever types Chinese has others."""
_STOPS = "。．！!？?\r\n"
_LONE = re.compile(rf"[{_STOPS}]{{1,4}}[ \t]{{0,3}}\w[ \t]{{0,3}}(?=([{_STOPS}]{{1,4}}))")
"""One character between the ends of two sentences or lines: 海。洛。因, or one under the other."""
_DOT = "·"


def without_ornaments(text: str) -> str | None:
    """``text`` of the same length with dots for enclosed and raised characters (①, ², 1️⃣), for stops
    around lone characters and within a clause; ``None``: it has none.

    As letters they spell a word, as ornaments they part one: a text with any is read both ways.
    """
    if text.isascii():
        return None
    bare = _ENCLOSED.sub(_dots, text) if _MAYBE.search(text) is not None else text
    if _LONE.search(bare) is not None:
        bare = _joined(bare)
    return bare if bare != text else None


def _dots(match: re.Match[str]) -> str:
    return _DOT * len(match[0])


def _joined(text: str) -> str:
    characters = list(text)
    for match in _LONE.finditer(text):
        for low, high in (match.span(), match.span(1)):
            for place in range(low, high):
                if text[place] in _STOPS:
                    characters[place] = _DOT
    return "".join(characters)
