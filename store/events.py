"""What rooms tell the audit log, and the Protocol by which they tell it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

EventClass = Literal[
    "send",
    "approve",
    "recall",
    "access",
    "config",
    "key",
    "export",
    "drill",
    "rights",
    "clock",
    "sys",
]
"""Class of an audit record; stands in its clear header."""

Scalar = str | int | bool | None
"""A leaf of an audit body. No floats: they have no canonical form worth trusting."""


@dataclass(frozen=True, slots=True)
class Personal:
    """A personal value that the log may carry only sealed under its subject's key."""

    subject: int
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. ``details`` holds no phone number and no text of a resident.

    ``actor`` is ``person:ID``, ``key:ID``, ``cli`` or ``system``; ``object`` is a public id.
    Integers are below 2^53 in magnitude.
    """

    kind: EventClass
    action: str
    actor: str = "system"
    object: str = ""
    result: str = ""
    reason: str = ""
    details: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])
    personal: Mapping[str, Personal] = field(default_factory=dict[str, Personal])


class Recorder(Protocol):
    """The audit log, as the store sees it. All three run on the store's thread."""

    def seal(self, connection: sqlite3.Connection, events: Sequence[Event], now: int) -> None:
        """Write the sealed records of a group's events, in order, inside its transaction."""

    def committed(self) -> None:
        """The transaction that held the last :meth:`seal` is durable."""

    def discarded(self) -> None:
        """It was rolled back: forget the in-memory tree and the epoch key it used."""


class NullRecorder:
    """Drops every event: for tests of other rooms and for the cost benchmark."""

    def seal(self, connection: sqlite3.Connection, events: Sequence[Event], now: int) -> None:
        """Drop the events."""

    def committed(self) -> None:
        """Do nothing."""

    def discarded(self) -> None:
        """Do nothing."""
