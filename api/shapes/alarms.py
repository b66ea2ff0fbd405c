"""Alarms, and the clock they may be about."""

from __future__ import annotations

from datetime import datetime

import msgspec

Scalar = str | int | bool | None


class AlarmAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm."""

    code: str
    ref: str
    """What it is about: a modem's label, an operator, a class, an id; empty: the gateway."""
    message: str
    """In words, in the caller's language."""
    detail: dict[str, Scalar]
    raised_at: datetime
    cleared_at: datetime | None
    """``null`` while it stands; that of a mere happening is the moment it was raised."""
    told_at: datetime | None
    """When the duty phones were told."""


class AlarmList(msgspec.Struct, frozen=True, kw_only=True):
    """What stands, and what is over, newest first."""

    open: list[AlarmAnswer]
    recent: list[AlarmAnswer]
    untold: str | None
    """Why the duty phones could not be told of the latest: ``no_modem``, ``too_many``."""


class ClockAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the machine's clock can be believed."""

    state: str
    """``sure``, ``apart`` (it jumped; ours goes on) or ``unknown`` (wrong from the start)."""
    now: datetime
    """The time this gateway goes by."""
    off_seconds: float
    """By how much the machine's clock is ahead of it."""
