"""Names of people and keys, and other short words that callers give. Pure."""

from __future__ import annotations

import re
import unicodedata

from .errors import PolicyError

MAX_NAME = 80
MAX_REASON = 500
MAX_REFERENCE = 100
_LIKE_AN_ID = re.compile(r"[a-z][0-9a-hjkmnp-tv-z]{20}")


def name(given: str) -> str:
    """``given`` without blanks around it. Raises ``name_invalid``, also for what could be mistaken
    for somebody's id: rules name people and keys by either."""
    plain = unicodedata.normalize("NFC", given).strip()
    if not 0 < len(plain) <= MAX_NAME or not is_plain(plain) or _LIKE_AN_ID.fullmatch(plain):
        raise PolicyError("name_invalid", limit=MAX_NAME)
    return plain


def reason(given: str, *, needed: bool) -> str:
    """A reason as it is recorded. Raises ``reason_missing`` or ``reason_too_long``."""
    plain = "".join(c if is_plain(c) else " " for c in given).strip()
    if needed and not plain:
        raise PolicyError("reason_missing")
    if len(plain) > MAX_REASON:
        raise PolicyError("reason_too_long", limit=MAX_REASON)
    return plain


def reference(given: str | None) -> str | None:
    """A caller's own reference. Raises ``reference_too_long``."""
    if given is not None and (len(given) > MAX_REFERENCE or not is_plain(given)):
        raise PolicyError("reference_too_long", limit=MAX_REFERENCE)
    return given or None


def is_plain(text: str) -> bool:
    """Whether every character is visible or a blank: no control, no invisible, no surrogate."""
    return all(unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in text)
