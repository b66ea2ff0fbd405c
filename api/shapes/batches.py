"""Batches: for everyone their figures, for an approver what there is to approve."""

from __future__ import annotations

from datetime import datetime, tzinfo

import msgspec

from ...queue import views
from ...queue.batch_list import BatchRow
from ..times import moment

Scalar = str | int | bool | None


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Something that keeps, or kept, a batch back."""

    kind: str
    detail: dict[str, Scalar]
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What a person decided."""

    kind: str
    person: str
    name: str
    reason: str | None
    at: datetime


class BatchDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A batch: its figures, its holds, who decided.

    ``digest``, ``text``, ``sample`` (a few recipients) and ``ruleset`` are what an approver
    approves: ``null`` for callers without the scope ``approve``.
    """

    id: str
    kind: str
    state: str
    purpose: str
    priority: str
    flash: bool
    recallable: bool
    segments: int
    total: int
    counts: dict[str, int]
    progress: float
    eta_seconds: int | None
    """Until its last message is handed over, about; ``null``: nobody can say."""
    done_by: datetime | None
    """The same as a moment, in the estate's time zone."""
    eta_unknown: str | None
    """Why nobody can say: ``no_modem``, ``held`` or ``paused``."""
    not_before: datetime | None
    valid_until: datetime | None
    submitter: str
    submitter_person: str | None
    client_ref: str | None
    recall: str | None
    holds: list[Hold]
    decisions: list[Decision]
    created_at: datetime
    released_at: datetime | None
    finished_at: datetime | None
    digest: str | None
    text: str | None
    sample: list[str] | None
    ruleset: str | None

    def __repr__(self) -> str:
        """Without text and numbers: a repr may reach a log."""
        return f"BatchDetail(id={self.id!r}, state={self.state!r})"


class BatchItem(msgspec.Struct, frozen=True, kw_only=True):
    """A batch as lists show it."""

    id: str
    kind: str
    state: str
    purpose: str
    priority: str
    total: int
    submitter: str
    submitter_person: str | None
    client_ref: str | None
    created_at: datetime
    released_at: datetime | None
    finished_at: datetime | None


class BatchPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of batches, newest first; ``next_cursor`` is ``null`` on the last."""

    items: list[BatchItem]
    next_cursor: str | None


def item(row: BatchRow) -> BatchItem:
    """A row of a list."""
    return BatchItem(
        id=row.id,
        kind=row.kind,
        state=row.state,
        purpose=row.purpose,
        priority=row.priority,
        total=row.total,
        submitter=row.submitter,
        submitter_person=row.submitter_person,
        client_ref=row.client_ref,
        created_at=moment(row.created_at),
        released_at=moment(row.released_at),
        finished_at=moment(row.finished_at),
    )


def detail(view: views.BatchView, *, approver: bool, zone: tzinfo) -> BatchDetail:
    """One batch, with what an approver needs if ``approver``."""
    return BatchDetail(
        id=view.id,
        kind=view.kind,
        state=view.state,
        purpose=view.purpose,
        priority=view.priority,
        flash=view.flash,
        recallable=view.recallable,
        segments=view.segments,
        total=view.total,
        counts=dict(view.counts),
        progress=view.progress,
        eta_seconds=view.eta_seconds,
        done_by=None if view.done_by is None else moment(view.done_by).astimezone(zone),
        eta_unknown=view.eta_unknown or None,
        not_before=moment(view.not_before),
        valid_until=moment(view.valid_until),
        submitter=view.submitter,
        submitter_person=view.submitter_person,
        client_ref=view.client_ref,
        recall=view.recall,
        holds=[_hold(hold) for hold in view.holds],
        decisions=[
            Decision(kind=d.kind, person=d.person, name=d.name, reason=d.reason, at=moment(d.at))
            for d in view.decisions
        ],
        created_at=moment(view.created_at),
        released_at=moment(view.released_at),
        finished_at=moment(view.finished_at),
        digest=view.digest if approver else None,
        text=view.text if approver else None,
        sample=list(view.sample) if approver else None,
        ruleset=view.ruleset if approver else None,
    )


def _hold(view: views.HoldView) -> Hold:
    return Hold(
        kind=view.kind,
        detail=dict(view.detail),
        opened_at=moment(view.opened_at),
        closed_at=moment(view.closed_at),
        closed_by=view.closed_by,
    )
