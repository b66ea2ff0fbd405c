"""From what a caller wrote to what may be sent: texts, purposes and times. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from ..queue.hours import SendingHours
from ..queue.priorities import (
    PURPOSES,
    Priority,
    Purpose,
)
from ..store.clock import SECOND, from_datetime, rfc3339
from .callers import Caller
from .errors import PolicyError
from .names import reason, reference
from .requests import SendRequest
from .settings import Settings

_PRIORITIES = ", ".join(p.label for p in Priority)
_DAY = 86_400 * SECOND
# Embeddings, overrides and isolates reorder what is read (UAX #9): what an approver sees would not
# be what a handset shows. The marks U+200E, U+200F and U+061C are harmless and stay allowed.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SIGNED = re.compile(r"\s*(【[^【】]{1,40}】)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A checked request but for its recipients. Times in microseconds since 1970 UTC."""

    text: str = field(repr=False)
    """As it goes on the air, signature included."""
    segments: int
    purpose: Purpose
    priority: Priority
    not_before: int | None
    valid_until: int | None
    flash: bool
    recallable: bool
    client_ref: str | None
    reason: str = field(default="", repr=False)
    """Of an emergency."""


@runtime_checkable
class SayingHours(Protocol):
    """Sending hours that know which rule closes them."""

    def why(self, purpose: Purpose, at: int) -> str:
        """The rules that keep ``purpose`` closed at ``at``."""
        ...


def draft(
    request: SendRequest,
    settings: Settings,
    segments: Callable[[str], int],
    hours: SendingHours,
    now: int,
) -> Draft:
    """``request`` checked, all but its recipients. Raises :class:`PolicyError`."""
    count = len(request.to)
    if count > settings.max_recipients:
        raise PolicyError("too_many_recipients", count=count, limit=settings.max_recipients)
    purpose = purpose_of(request.purpose)
    level = _priority(request.priority, purpose)
    text, taken = text_of(request.text, settings, segments)
    if request.recallable and taken > 1:
        raise PolicyError("recallable_too_long", segments=taken)
    not_before, valid_until = _times(request, settings, now)
    wanted = max(now, not_before or now)
    starts_at = wanted if level.any_hour else hours.next(purpose, wanted)
    if valid_until is not None and valid_until <= starts_at:
        rule = hours.why(purpose, wanted) if isinstance(hours, SayingHours) else "quiet_hours"
        raise PolicyError("valid_until_too_soon", starts_at=rfc3339(starts_at), rule=rule)
    return Draft(
        text=text,
        segments=taken,
        purpose=purpose,
        priority=level,
        not_before=not_before,
        valid_until=valid_until,
        flash=request.flash,
        recallable=request.recallable,
        client_ref=reference(request.client_ref),
        reason=reason(request.reason or "", needed=False),
    )


def require_send(caller: Caller, request: SendRequest) -> None:
    """``messages:send``, or ``messages:emergency`` where the purpose or the priority says so."""
    if "emergency" not in (request.purpose, request.priority):
        caller.require("messages:send")
    elif not caller.may("messages:emergency"):
        raise PolicyError("emergency_scope")


def purpose_of(given: str) -> Purpose:
    """Raises ``purpose_missing`` or ``purpose_unknown``."""
    for purpose in PURPOSES:
        if purpose == given:
            return purpose
    raise PolicyError(
        "purpose_unknown" if given else "purpose_missing", allowed=", ".join(PURPOSES)
    )


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


def _priority(given: str | None, purpose: Purpose) -> Priority:
    if given is None:
        return Priority.EMERGENCY if purpose == "emergency" else Priority.NORMAL
    for level in Priority:
        if level.label == given:
            if level is Priority.EMERGENCY and purpose != "emergency":
                raise PolicyError("priority_emergency")
            return level
    raise PolicyError("priority_unknown", allowed=_PRIORITIES)


def _times(request: SendRequest, settings: Settings, now: int) -> tuple[int | None, int | None]:
    horizon = now + settings.max_days_ahead * _DAY
    not_before = _moment("not_before", request.not_before)
    valid_until = _moment("valid_until", request.valid_until)
    if not_before is not None:
        if not_before > horizon:
            raise PolicyError("not_before_too_far", days=settings.max_days_ahead)
        if not_before <= now:
            not_before = None
    if valid_until is not None:
        if valid_until <= max(now, not_before or now):
            raise PolicyError("valid_until_past")
        if valid_until > horizon:
            raise PolicyError("valid_until_too_far", days=settings.max_days_ahead)
    return not_before, valid_until


def _moment(named: str, given: datetime | None) -> int | None:
    if given is None:
        return None
    if given.utcoffset() is None:
        raise PolicyError("time_invalid", field=named)
    return from_datetime(given)
