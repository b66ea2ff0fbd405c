"""What comes from outside: received messages, and what is known about a number."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...queue import views
from ..times import moment


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A received message, its parts joined; ``complete`` is false while some are missing."""

    id: str
    from_: str | None = msgspec.field(name="from")
    text: str | None
    modem: str
    parts: int
    complete: bool
    smsc_at: datetime | None
    received_at: datetime

    def __repr__(self) -> str:
        """Without number and text: a repr may reach a log."""
        return f"Received(id={self.id!r})"


class Inbox(msgspec.Struct, frozen=True, kw_only=True):
    """A page of received messages, newest first."""

    items: list[Received]
    next_cursor: str | None


class NumberDetail(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a number, and on what evidence."""

    number: str
    health: str
    """valid, suspected, invalid, barred, unreachable or unknown."""
    confidence: float
    """0 to 1, that the health is right."""
    counts: dict[str, int]
    last_tp_st: int | None
    last_report_at: datetime | None
    last_delivered_at: datetime | None
    evidence: dict[str, int]
    """Status reports by TP-ST, refusals by +CMS ERROR."""

    def __repr__(self) -> str:
        """Without the number: a repr may reach a log."""
        return f"NumberDetail(health={self.health!r})"


def received(view: views.InboxView) -> Received:
    """One received message."""
    return Received(
        id=view.id,
        from_=view.sender,
        text=view.text,
        modem=view.modem,
        parts=view.segments,
        complete=view.complete,
        smsc_at=moment(view.smsc_at),
        received_at=moment(view.received_at),
    )


def number_detail(view: views.NumberView) -> NumberDetail:
    """One number."""
    return NumberDetail(
        number=view.number,
        health=view.health,
        confidence=view.confidence,
        counts=dict(view.counts),
        last_tp_st=view.last_tp_st,
        last_report_at=moment(view.last_report_at),
        last_delivered_at=moment(view.last_delivered_at),
        evidence=dict(view.evidence),
    )
