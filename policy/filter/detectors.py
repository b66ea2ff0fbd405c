"""What no list of words can hold: links, addresses, numbers with checksums, debts, signatures. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from .checksums import is_bank_card, is_id_card
from .fold import Folded, fold
from .latin import LETTERS
from .links import links
from .numerals import digits_of
from .personal import arrears, foreign_signatures

DetectorAction = Literal["alert", "review"]

MAX_DETECTED = 200
_MOBILE_DIGITS = 11
PERSONAL = frozenset({"phone", "disguised phone", "id card", "bank card", "arrears"})
"""What :func:`detect` calls data about a person."""
_LONG_NUMBER = re.compile(r"(?<![0-9a-z])[0-9][0-9 \-]{14,28}[0-9x](?![0-9a-z])")
_PHONE = re.compile(
    r"(?<![0-9a-z.])(?:(?:\+|00)?86[ \-]?)?1[3-9][0-9](?:[ \-]?[0-9]{4}){2}(?![0-9a-z])"
)
_MOBILE = re.compile("1[3-9][0-9]")
_HIDDEN_PHONE = re.compile(r"(?<![0-9])1[^\w\n]{0,2}[3-9](?:[^\w\n]{0,2}[0-9]){9}(?![0-9])")
_MAYBE = re.compile(
    r"[0-9零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺](?:[\W_]{0,2}[0-9零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺]){9}"
)


@dataclass(frozen=True, slots=True)
class Detected:
    """``rule`` was found at ``start:end`` of the original text."""

    rule: str
    action: DetectorAction
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Own:
    """What is the estate's own, and nothing to tell of."""

    signature: str = ""
    """Folded."""
    mobiles: frozenset[str] = field(default=frozenset(), repr=False)
    """Eleven digits each."""

    @classmethod
    def of(cls, signature: str, numbers: Iterable[str]) -> Own:
        """From a configuration: numbers in any common spelling."""
        digits = ("".join(c for c in number if c.isdecimal()) for number in numbers)
        return cls(fold(signature).text, frozenset(number[-_MOBILE_DIGITS:] for number in digits))


NOBODY = Own()


def detect(folded: Folded, *, own: Own = NOBODY, bulk: bool = True) -> list[Detected]:
    """Everything found, by position; nearly free for a text without any of it.

    ``bulk``: one text for many.
    """
    found: list[Detected] = []
    for rule, action, start, end in _all(folded.text, own, bulk):
        found.append(Detected(rule, action, *folded.span(start, end)))
        if len(found) >= MAX_DETECTED:
            break
    found.sort(key=lambda d: (d.start, -d.end))
    return found


def _all(text: str, own: Own, bulk: bool) -> Iterator[tuple[str, DetectorAction, int, int]]:
    for rule, start, end in links(text) if LETTERS.search(text) else ():
        yield rule, "alert" if rule == "public link" else "review", start, end
    if _MAYBE.search(text):
        yield from _numbers(text, own.mobiles)
    if bulk:
        for start, end in arrears(text):
            yield "arrears", "review", start, end
    if "【" in text or "[" in text:
        for start, end in foreign_signatures(text, own.signature):
            yield "signature", "review", start, end


def _numbers(text: str, own: frozenset[str]) -> Iterator[tuple[str, DetectorAction, int, int]]:
    taken: list[tuple[int, int]] = []
    for match in _LONG_NUMBER.finditer(text):
        bare = match[0].replace(" ", "").replace("-", "")
        if is_id_card(bare):
            yield "id card", "review", *match.span()
        elif is_bank_card(bare):
            yield "bank card", "review", *match.span()
        taken.append(match.span())
    for match in _PHONE.finditer(text) if _MOBILE.search(text) else ():
        if not _inside(match.span(), taken):
            taken.append(match.span())
            if "".join(c for c in match[0] if c.isdecimal())[-_MOBILE_DIGITS:] not in own:
                yield "phone", "alert", *match.span()
    for match in _HIDDEN_PHONE.finditer(digits_of(text)):
        if not _inside(match.span(), taken):
            yield "disguised phone", "review", *match.span()


def _inside(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(low <= span[0] and span[1] <= high for low, high in others)
