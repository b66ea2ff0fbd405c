"""What the desk answers. Times are aware datetimes in UTC; ids are public ids.

``gc=False``: flat records that come by the thousand, which the garbage collector need not walk.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Action = Literal["allow", "alert", "review", "block"]


class BatchAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A batch as its submitter sees it."""

    id: str
    state: str
    counts: dict[str, int]
    """Messages by state."""
    starts_at: datetime | None
    """When the first message may go; ``None`` while it is held."""


class MessageAnswer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message that was accepted."""

    id: str
    to: str
    """E.164."""
    state: str
    parts: int
    """Segments on the air."""

    def __repr__(self) -> str:
        """Without the number: a repr may reach a log."""
        return f"MessageAnswer(id={self.id!r}, state={self.state!r})"


class OperatedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A message as an operator's verb left it."""

    id: str
    state: str
    cause: str | None
    batch: str


class Rejection(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A recipient that was not accepted, and why."""

    to: str
    """As the caller wrote it."""
    code: str
    """``invalid_number``, ``not_mobile``, ``duplicate`` or ``opted_out``."""
    detail: str

    def __repr__(self) -> str:
        """Without the number: a repr may reach a log."""
        return f"Rejection(code={self.code!r})"


class Lateness(msgspec.Struct, frozen=True, kw_only=True):
    """What was accepted although somebody will be too late, as far as is known now."""

    late: int
    """Of its own messages, after their ``valid_until``: they will not be sent."""
    delayed: int
    """Of messages that were accepted before, after theirs."""
    done_by: datetime | None
    """When all of its own would be sent; ``null``: not within two days."""


class SendAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a send; stored, sealed, for its ``Idempotency-Key``."""

    batch: BatchAnswer
    messages: list[MessageAnswer]
    rejected: list[Rejection]
    warning: Lateness | None = None


class Hit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A word of the list that was found: ``text[start:end]`` of the original text."""

    word: str
    category: str
    action: Literal["block", "review", "mask", "alert"]
    start: int
    end: int
    rule: str = ""
    """Which list or detector says so."""
    view: str = ""
    """How it was found: as it stands, or through which disguise."""
    advice: str = ""
    """What the sender can do."""
    advice_zh: str = ""
    """The same in Chinese."""


class FilterAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the word filter says of a text for a purpose."""

    action: Action
    hits: list[Hit]
    ruleset: str
    """SHA-256 of all rules that were in force, 64 hex digits."""
