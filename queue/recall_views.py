"""What reads of a recall return. Times: microseconds since 1970 UTC; ids are public ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..store.events import Scalar
from .views import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step that a recall tried for a recipient."""

    step: str
    outcome: str
    evidence: Mapping[str, Scalar]
    message: str | None
    """The message that was sent for it."""
    at: int
    """When it was begun."""
    ended_at: int | None
    """When its outcome was known; ``None`` while it is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallItemView:
    """What a recall achieved for one recipient."""

    message: str
    number: str | None = field(repr=False)
    outcome: str
    message_state: str
    steps: Sequence[StepView]
    updated_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallView:
    """A recall and its outcomes."""

    id: str
    batch: str
    message: str | None
    state: Literal["waiting", "running", "rejected", "done"]
    reason: str = field(repr=False)
    correction: str | None = field(repr=False)
    actor: str
    approved_by: str | None
    """Public id of the second person."""
    counts: Mapping[str, int]
    """Recipients by outcome."""
    not_reached: int
    """Messages of the batch that had ended without reaching anyone: nothing to recall."""
    items: Page[RecallItemView]
    created_at: int
    decided_at: int | None
    finished_at: int | None
