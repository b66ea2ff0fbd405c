"""Notices of the gateway itself to the people on duty: configured numbers, no approval, no filter."""

from __future__ import annotations

from collections.abc import Sequence

from ..queue.drafts import NewBatch, NewMessage
from ..queue.priorities import Priority
from ..store.clock import SECOND

VALIDITY = 1_800 * SECOND
"""After this nobody needs to hear of it by this SMS: it is told anew while it lasts."""


def notice(numbers: Sequence[str], text: str, segments: int, imsi: str, now: int) -> NewBatch:
    """One text to every number on duty, through the SIM ``imsi`` and no other."""
    return NewBatch(
        messages=[NewMessage(number=number, imsi=imsi) for number in numbers],
        text=text,
        segments=segments,
        purpose="service",
        priority=Priority.URGENT,
        submitter="system",
        valid_until=now + VALIDITY,
        ruleset="duty",
    )
