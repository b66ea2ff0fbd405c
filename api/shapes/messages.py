"""Messages, their parts and their history."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...queue import views
from ..times import moment


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A status report (3GPP TS 23.040 §9.2.2.3)."""

    tp_st: int
    smsc_at: datetime | None
    done_at: datetime | None
    received_at: datetime


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One hand-over of a part to a modem."""

    modem: str
    outcome: str
    cause: str | None
    tp_mr: int | None
    intent_at: datetime
    handed_at: datetime | None
    answered_at: datetime | None
    resend: bool
    reports: list[Report]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One segment on the air."""

    seq: int
    state: str
    cause: str | None
    tp_mr: int | None
    updated_at: datetime
    attempts: list[Attempt]


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One move of one part."""

    seq: int
    from_: str = msgspec.field(name="from")
    to: str
    cause: str | None
    at: datetime


class MessageItem(msgspec.Struct, frozen=True, kw_only=True):
    """A message as lists show it; ``to`` is ``null`` once its holder's data was erased."""

    id: str
    batch: str
    kind: str
    to: str | None
    state: str
    cause: str | None
    priority: str
    parts: int
    created_at: datetime
    updated_at: datetime

    def __repr__(self) -> str:
        """Without the number: a repr may reach a log."""
        return f"MessageItem(id={self.id!r})"


class MessageDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A message with its parts, their attempts and its history."""

    id: str
    batch: str
    kind: str
    to: str | None
    text: str | None
    state: str
    cause: str | None
    purpose: str
    priority: str
    tries: int
    not_before: datetime
    valid_until: datetime | None
    created_at: datetime
    updated_at: datetime
    parts: list[Part]
    history: list[Move]

    def __repr__(self) -> str:
        """Without number and text: a repr may reach a log."""
        return f"MessageDetail(id={self.id!r})"


class MessagePage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of messages; ``next_cursor`` is ``null`` on the last."""

    items: list[MessageItem]
    next_cursor: str | None


def item(row: views.MessageRow) -> MessageItem:
    """A row of a list."""
    return MessageItem(
        id=row.id,
        batch=row.batch,
        kind=row.kind,
        to=row.number,
        state=row.state,
        cause=row.cause,
        priority=row.priority,
        parts=row.segments,
        created_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
    )


def detail(view: views.MessageView) -> MessageDetail:
    """One message."""
    return MessageDetail(
        id=view.id,
        batch=view.batch,
        kind=view.kind,
        to=view.number,
        text=view.text,
        state=view.state,
        cause=view.cause,
        purpose=view.purpose,
        priority=view.priority,
        tries=view.tries,
        not_before=moment(view.not_before),
        valid_until=moment(view.valid_until),
        created_at=moment(view.created_at),
        updated_at=moment(view.updated_at),
        parts=[_part(part) for part in view.parts],
        history=[
            Move(seq=h.seq, from_=h.from_state, to=h.to_state, cause=h.cause, at=moment(h.at))
            for h in view.history
        ],
    )


def _part(view: views.PartView) -> Part:
    return Part(
        seq=view.seq,
        state=view.state,
        cause=view.cause,
        tp_mr=view.tp_mr,
        updated_at=moment(view.updated_at),
        attempts=[_attempt(attempt) for attempt in view.attempts],
    )


def _attempt(view: views.AttemptView) -> Attempt:
    return Attempt(
        modem=view.modem,
        outcome=view.outcome,
        cause=view.cause,
        tp_mr=view.tp_mr,
        intent_at=moment(view.intent_at),
        handed_at=moment(view.handed_at),
        answered_at=moment(view.answered_at),
        resend=view.resend,
        reports=[
            Report(
                tp_st=r.tp_st,
                smsc_at=moment(r.smsc_at),
                done_at=moment(r.done_at),
                received_at=moment(r.received_at),
            )
            for r in view.reports
        ],
    )
