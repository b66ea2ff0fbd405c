"""Latin words written apart (p o r n), drawn out (pooorn) or with digits (p0rn). Pure."""

from __future__ import annotations

import re

from .views import Seen

LETTERS = re.compile("[a-z]")
_APART = re.compile(r"(?<![a-z0-9])[a-z0-9](?:[^\w\n。]{1,3}[a-z0-9](?![a-z0-9])){2,}")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_MIXED = re.compile(
    r"(?<![a-z0-9])(?=[0-9@$!|]{0,20}[a-z])(?=[a-z]{0,30}[0-9@$!|])[a-z0-9@$!|]{3,40}(?![a-z0-9])"
)
_LEET = str.maketrans("013457@$!|", "oieastasil")
_ANY = re.compile(f"{_APART.pattern}|([a-z])\\2{{2,}}".replace(r"\2", r"\1") + f"|{_MIXED.pattern}")


def plain_letters(text: str) -> Seen | None:
    """Folded ``text`` with such words put right; ``None`` if it has none."""
    if _ANY.search(text) is None:
        return None
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    end = 0
    for match in _ANY.finditer(text):
        pieces.append(text[end : match.start()])
        spans += [(i, i + 1) for i in range(end, match.start())]
        for letter, span in _letters(match):
            pieces.append(letter)
            spans.append(span)
        end = match.end()
    pieces.append(text[end:])
    spans += [(i, i + 1) for i in range(end, len(text))]
    return Seen("latin", "".join(pieces), lambda: spans)


def _letters(match: re.Match[str]) -> list[tuple[str, tuple[int, int]]]:
    start, found = match.start(), match[0]
    if found[0] * len(found) == found:
        return [(found[0], match.span())]
    kept = [
        (c, (start + i, start + i + 1)) for i, c in enumerate(found) if c.isalnum() or c in "@$!|"
    ]
    if any(c.isalpha() for c, _ in kept):
        return [(c.translate(_LEET), span) for c, span in kept]
    return kept
