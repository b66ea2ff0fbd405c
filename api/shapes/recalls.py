"""Recalls: what was tried for each recipient, and with what evidence."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...queue import recall_views as views
from ..times import moment
from .batches import Scalar


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a recall for one recipient; ``message`` is what was sent for it."""

    step: str
    outcome: str
    evidence: dict[str, Scalar]
    message: str | None
    at: datetime
    """When it was begun."""
    ended_at: datetime | None


class RecallItem(msgspec.Struct, frozen=True, kw_only=True):
    """What a recall achieved for one recipient."""

    message: str
    to: str | None
    outcome: str
    message_state: str
    steps: list[Step]
    updated_at: datetime

    def __repr__(self) -> str:
        """Without the number: a repr may reach a log."""
        return f"RecallItem(message={self.message!r}, outcome={self.outcome!r})"


class RecallDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A recall and a page of its recipients. Nothing says "deleted" without TP-ST 0x47."""

    id: str
    batch: str
    message: str | None
    state: str
    reason: str
    correction_text: str | None
    actor: str
    approved_by: str | None
    counts: dict[str, int]
    not_reached: int
    """Messages that had ended without reaching anyone: nothing to recall."""
    created_at: datetime
    decided_at: datetime | None
    finished_at: datetime | None
    items: list[RecallItem]
    next_cursor: str | None

    def __repr__(self) -> str:
        """Without texts: a repr may reach a log."""
        return f"RecallDetail(id={self.id!r}, state={self.state!r})"


class RecallSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A recall on one page, in plain words."""

    id: str
    state: str
    may_have_seen: int
    """Recipients whom the notice reached or may have reached."""
    text: str

    def __repr__(self) -> str:
        """Without texts: a repr may reach a log."""
        return f"RecallSummary(id={self.id!r}, state={self.state!r})"


def detail(view: views.RecallView, next_cursor: str | None) -> RecallDetail:
    """One recall with the page that was read."""
    return RecallDetail(
        id=view.id,
        batch=view.batch,
        message=view.message,
        state=view.state,
        reason=view.reason,
        correction_text=view.correction,
        actor=view.actor,
        approved_by=view.approved_by,
        counts=dict(view.counts),
        not_reached=view.not_reached,
        created_at=moment(view.created_at),
        decided_at=moment(view.decided_at),
        finished_at=moment(view.finished_at),
        items=[_item(item) for item in view.items.items],
        next_cursor=next_cursor,
    )


def _item(view: views.RecallItemView) -> RecallItem:
    return RecallItem(
        message=view.message,
        to=view.number,
        outcome=view.outcome,
        message_state=view.message_state,
        steps=[
            Step(
                step=s.step,
                outcome=s.outcome,
                evidence=dict(s.evidence),
                message=s.message,
                at=moment(s.at),
                ended_at=moment(s.ended_at),
            )
            for s in view.steps
        ],
        updated_at=moment(view.updated_at),
    )
