"""Emergencies that wait for a countersign, as the API shows them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...policy.break_glass import Uncountersigned
from ..times import moment


class EmergencyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One that no other person looked at yet."""

    batch: str
    submitter: str
    reason: str | None
    recipients: int
    sent_at: datetime
    due_at: datetime
    overdue: bool

    def __repr__(self) -> str:
        """Without the reason: a repr may reach a log."""
        return f"EmergencyAnswer(batch={self.batch!r}, overdue={self.overdue!r})"


class EmergencyList(msgspec.Struct, frozen=True):
    """At most a hundred, the longest due first."""

    items: list[EmergencyAnswer]


def shown(one: Uncountersigned, now: int) -> EmergencyAnswer:
    """An emergency for a list; ``now`` in microseconds since 1970 UTC."""
    return EmergencyAnswer(
        batch=one.batch,
        submitter=one.submitter,
        reason=one.reason,
        recipients=one.recipients,
        sent_at=moment(one.at),
        due_at=moment(one.due_at),
        overdue=one.due_at <= now,
    )
