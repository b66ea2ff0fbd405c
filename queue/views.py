"""What the queue's reads return. Times: microseconds since 1970 UTC; ids are public ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ..store.events import Scalar
from .drafts import BatchKind, HoldKind, MessageKind
from .evidence.rule import HealthState
from .priorities import PriorityName, Purpose

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the key to continue after; ``None`` when there are no more."""

    items: Sequence[T]
    next_key: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """A status report that matched an attempt."""

    tp_st: int
    smsc_at: int | None
    done_at: int | None
    received_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptView:
    """One hand-over of a part to a modem."""

    modem: str
    outcome: str
    cause: str | None
    tp_mr: int | None
    intent_at: int
    handed_at: int | None
    answered_at: int | None
    resend: bool
    """Whether it repeats an earlier attempt whose fate was not known."""
    reports: Sequence[ReportView]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One segment of a message."""

    seq: int
    state: str
    cause: str | None
    tp_mr: int | None
    updated_at: int
    attempts: Sequence[AttemptView]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One move of one part."""

    seq: int
    from_state: str
    to_state: str
    cause: str | None
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message as lists show it."""

    id: str
    batch: str
    kind: MessageKind
    number: str | None = field(repr=False)
    """E.164; ``None`` when the holder's data was erased."""
    state: str
    cause: str | None
    priority: PriorityName
    segments: int
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView(MessageRow):
    """A message with its parts and its history."""

    text: str | None = field(repr=False)
    purpose: Purpose
    tries: int
    not_before: int
    valid_until: int | None
    parts: Sequence[PartView]
    history: Sequence[HistoryRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """Something that keeps, or kept, a batch back."""

    kind: HoldKind
    detail: Mapping[str, Scalar]
    opened_at: int
    closed_at: int | None
    closed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """What a person decided."""

    kind: str
    person: str
    """The person's public id."""
    name: str = field(repr=False)
    reason: str | None
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch with its figures, its holds and its decisions."""

    id: str
    kind: BatchKind
    state: str
    purpose: Purpose
    priority: PriorityName
    text: str | None = field(repr=False)
    flash: bool
    recallable: bool
    segments: int
    total: int
    counts: Mapping[str, int]
    """Messages by state."""
    progress: float
    """Share of the messages that need no more sending, 0 to 1."""
    eta_seconds: int | None
    """Until its last message is handed over, about; 0 when none is left."""
    done_by: int | None
    """The same as a moment."""
    eta_unknown: str
    """Why nobody can say: ``no_modem``, ``held`` or ``paused``."""
    not_before: int | None
    valid_until: int | None
    submitter: str
    submitter_person: str | None
    """Public id."""
    client_ref: str | None
    digest: str
    """SHA-256 in hex of what an approver approves."""
    ruleset: str
    recall: str | None
    """For a batch of kind recall: which one."""
    sample: Sequence[str] = field(repr=False)
    """A few of its numbers, for an approver."""
    holds: Sequence[HoldView]
    decisions: Sequence[DecisionView]
    created_at: int
    released_at: int | None
    finished_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxView:
    """A received message."""

    id: str
    sender: str | None = field(repr=False)
    text: str | None = field(repr=False)
    modem: str
    segments: int
    complete: bool
    smsc_at: int | None
    received_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberView:
    """What the queue knows about one number."""

    number: str = field(repr=False)
    health: HealthState
    confidence: float
    """0 to 1, that the health is right."""
    score: float
    """Weight of what speaks for the number being vacant."""
    counts: Mapping[str, int]
    """Its messages by state."""
    last_tp_st: int | None
    last_report_at: int | None
    last_delivered_at: int | None
    evidence: Mapping[str, int]
    """Status reports by TP-ST, as ``tp_st:43``."""
