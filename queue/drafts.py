"""What the desk hands to the queue, and what it gets back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..store.events import Scalar
from .priorities import Priority, Purpose
from .states import BatchState, MessageState

MessageKind = Literal["notice", "command", "replacement", "correction"]
HoldKind = Literal["approval", "review", "manual", "restore"]
BatchKind = Literal["notice", "recall", "drill"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """One recipient of a batch."""

    number: str = field(repr=False)
    """E.164, with the plus sign."""
    text: str | None = field(default=None, repr=False)
    """Its own text; ``None`` = the batch's."""
    segments: int = 0
    """Segments of its own text; 0 = the batch's."""
    kind: MessageKind = "notice"
    imsi: str | None = None
    """Pinned to this SIM (recall steps)."""
    replace_pid: int | None = None
    """TP-PID 0x41-0x47 of a replacement."""
    target_attempt: int | None = None
    """The attempt that a command deletes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHold:
    """A reason to keep a batch back; ``detail`` holds nothing personal."""

    kind: HoldKind
    detail: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatch:
    """Everything that one call asks to be sent. Times in microseconds since 1970 UTC."""

    messages: Sequence[NewMessage]
    """In the order of the call; one for each distinct recipient."""
    subjects: Sequence[int] | None = None
    """Of the messages, if they were looked up in this unit already."""
    text: str | None = field(repr=False)
    """The shared text; ``None`` when each message has its own, or is a command."""
    personal: bool = False
    """Whether the text holds personal data: it is sealed for each recipient, never kept once."""
    segments: int = 1
    """Segments of the shared text."""
    purpose: Purpose
    priority: Priority
    submitter: str
    """``key:ID`` or ``cli``."""
    submitter_person: int | None = None
    kind: BatchKind = "notice"
    flash: bool = False
    recallable: bool = False
    not_before: int | None = None
    valid_until: int | None = None
    client_ref: str | None = None
    ruleset: str = ""
    """Which word lists and policy the text was checked against."""
    decide_by: int | None = None
    """Leave that comes later is void; stands in the digest."""
    recall_id: int | None = None
    holds: Sequence[NewHold] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedBatch:
    """What became of a :class:`NewBatch`."""

    id: int
    public_id: str
    state: BatchState
    message_state: MessageState
    """Of every one of its messages."""
    starts_at: int
    """When the first may go, were no hold open."""
    digest: bytes
    """SHA-256 of what an approver approves."""
    message_ids: Sequence[int]
    messages: Sequence[str]
    """Public ids, in the order of :attr:`NewBatch.messages`."""
