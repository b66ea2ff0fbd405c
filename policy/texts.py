"""A text as it goes on the air: signed, of a bounded length, without what a handset must not get. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from .errors import PolicyError
from .settings import Settings

# Embeddings, overrides and isolates reorder what is read (UAX #9): what an approver sees would not
# be what a handset shows. The marks U+200E, U+200F and U+061C are harmless and stay allowed.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SIGNED = re.compile(r"\s*(【[^【】]{1,40}】)")


def text_of(given: str, settings: Settings, segments: Callable[[str], int]) -> tuple[str, int]:
    """The text as it is sent, signature in front, and its segments. Raises ``text_…``."""
    # The bound comes first: nothing below runs over a text that is too long anyway.
    if len(given) > settings.max_text:
        raise _too_long(given, "more than 10", settings)
    for position, character in enumerate(given):
        what = _forbidden(character)
        if what:
            raise PolicyError("text_invalid", what=what, position=position)
    if not any(_shows(character) for character in given):
        raise PolicyError("text_empty")
    text = _signed(given, settings.signature)
    taken = segments(text)
    if taken > settings.max_segments:
        raise _too_long(text, taken, settings)
    return text, taken


def _signed(text: str, signature: str) -> str:
    if not signature:
        return text
    first = _SIGNED.match(text)
    if first is None:
        return signature + text
    if first[1] != signature:
        raise PolicyError("foreign_signature", signature=signature)
    return text.lstrip()


def _forbidden(character: str) -> str:
    """What is wrong with a character, in words; empty when nothing is."""
    category = unicodedata.category(character)
    if category == "Cc":
        return "" if character in "\n\r\t" else f"a control character (U+{ord(character):04X})"
    if category == "Cs":
        return "half a surrogate pair, which is no character"
    if character in _BIDI:
        return (
            f"a control that reverses or embeds the direction of writing (U+{ord(character):04X})"
        )
    point = ord(character)
    if point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF:
        return f"a code point that is no character (U+{point:04X})"
    return ""


def _shows(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"} and (
        character not in "\u3164\uffa0\u115f\u1160\u2800"
    )


def _too_long(text: str, taken: int | str, settings: Settings) -> PolicyError:
    return PolicyError(
        "text_too_long", segments=taken, characters=len(text), limit=settings.max_segments
    )
