"""From what a caller wrote to what may be sent: texts, purposes and times. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from ..queue.hours import SendingHours
from ..queue.priorities import PURPOSES, Priority, Purpose
from ..store.clock import SECOND, from_datetime, rfc3339
from .callers import Caller
from .errors import PolicyError
from .names import reason, reference
from .requests import SendRequest
from .settings import Settings
from .texts import text_of

_PRIORITIES = ", ".join(p.label for p in Priority)
_DAY = 86_400 * SECOND


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
    accept_late: bool = False
    """Send what can be sent in time, though not all can."""


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
        accept_late=request.accept_late,
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
