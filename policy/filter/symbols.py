"""Enclosed and raised letters and digits (①, ⓐ, ², 1️⃣) read as ornaments. Pure."""

from __future__ import annotations

import re

_ENCLOSED = re.compile(
    "[0-9#*]\ufe0f?\u20e3"
    "|[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209c\u2150-\u218b\u2460-\u24ff\u2776-\u2793"
    "\u3200-\u3247\u3248-\u324f\u3280-\u33ff\U0001f100-\U0001f1ff\U0001f200-\U0001f265]+"
)
_BETWEEN = "·"


def without_enclosed(text: str) -> str | None:
    """``text`` of the same length with dots in place of enclosed characters; ``None``: it has none.

    As letters they spell a word, as ornaments they part one: a text with any is read both ways.
    """
    if text.isascii() or _ENCLOSED.search(text) is None:
        return None
    return _ENCLOSED.sub(lambda match: _BETWEEN * len(match[0]), text)
