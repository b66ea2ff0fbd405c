"""What a send would be, and when it would be done."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...policy.answers import Rejection


class EstimateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing was sent and nothing is kept."""

    recipients: int
    rejected: list[Rejection]
    segments: int
    """Of each message."""
    parts: int
    """Of all: what the SIMs are charged."""
    priority: str
    filter: str
    """``allow``, ``alert`` or ``review``."""
    holds: list[str]
    """What it would wait for first: ``approval``, ``review``. Times are without that wait."""
    starts_at: datetime
    """When the first could go, by sending hours and ``not_before``."""
    ahead: int
    """Parts that go before."""
    modems: int
    """SIMs that take work now."""
    measured: bool
    """Whether by measured times; else a part is taken to last five seconds."""
    eta_seconds: int | None
    """From now until the last is handed over; ``null``: nobody can say."""
    done_by: datetime | None
    """The same as a moment, in the estate's time zone."""
    in_time: bool | None
    """Whether that is before ``valid_until``; ``null`` without one, or when nobody can say."""
    late: int
    """Messages that could not be sent by ``valid_until``, with what waits and may go before."""
    delayed: int
    """Messages of others, accepted before, that would miss theirs for it."""
    refusal: str | None
    """The code with which the send would be refused for that; ``null``: it would be accepted."""
    unknown: str | None
    """Why nobody can say: ``no_modem``."""
    message: str
    """In words, in the caller's language."""
