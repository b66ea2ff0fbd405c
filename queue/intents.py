"""What a claim gives a lane: one message that its modem is to send, durable before it begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .transmitter import Deletion, Outgoing

Wants = Literal["any", "emergency", "lower"]
"""Which classes a lane claims: ``lower`` is a prefetch, which never takes an emergency."""


@dataclass(frozen=True, slots=True)
class Sim:
    """A modem and the SIM in it."""

    modem: str
    imsi: str
    can_command: bool


@dataclass(frozen=True, slots=True)
class Intent:
    """The missing parts of one message, each with an open attempt."""

    message_id: int
    batch: str
    """Public id."""
    priority: int
    subject: int
    """Whom it is for, as every table names a recipient."""
    attempts: tuple[int, ...]
    task: Outgoing | Deletion = field(repr=False)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim found."""

    intent: Intent | None
    emergencies: bool = False
    """Whether an emergency is still waiting that this SIM might send."""
    displaced: bool = False
    """Whether the intent that was to make room went back."""
    more: bool = False
    """Whether to ask again at once: it set aside a number of messages and stopped there."""
