"""The states of parts, messages and batches, and how a part may move. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias


class PartState(StrEnum):
    """Where one segment of one message stands."""

    HELD = "held"
    """Waits for approval, for a filter review, or was put on hold by hand."""
    SCHEDULED = "scheduled"
    """Waits for its hour (``not_before``, sending hours, a retry's delay)."""
    QUEUED = "queued"
    """Eligible: the next free modem may take it."""
    SUBMITTING = "submitting"
    """The intent is durable and one modem owns it."""
    IN_DOUBT = "in_doubt"
    """Handed to the modem, answer unknown."""
    SUBMITTED = "submitted"
    """The SMSC accepted it; its TP-MR is kept."""
    DELIVERED = "delivered"
    """A status report says that the handset has it."""
    FAILED = "failed"
    """No acceptance known, budget spent or closed by hand."""
    UNDELIVERABLE = "undeliverable"
    """The network reported so."""
    EXPIRED = "expired"
    """Its validity ended."""
    CANCELLED = "cancelled"
    """Stopped before it was sent; final."""
    REJECTED = "rejected"
    """An approver said no; final."""
    RECALLED = "recalled"
    """Withheld by a recall, or deleted at the SMSC (TP-ST 0x47); final."""


MessageState: TypeAlias = PartState
"""A message is in one of the states of its parts: :func:`message_state`."""


class BatchState(StrEnum):
    """Where a batch stands."""

    HELD = "held"
    """A hold is open."""
    SCHEDULED = "scheduled"
    """Released; nothing of it is due yet."""
    SENDING = "sending"
    """Something of it is due, on the air or in doubt."""
    PAUSED = "paused"
    """Its waiting messages were put on hold by hand."""
    RETURNED = "returned"
    """Sent back to its submitter; its messages are cancelled."""
    REJECTED = "rejected"
    """An approver said no."""
    CANCELLED = "cancelled"
    """Stopped by hand; what was on the air went on."""
    DONE = "done"
    """Nothing of it is left to send or to clear up; reports may still come."""


_S = PartState

TRANSITIONS = MappingProxyType(
    {
        _S.HELD: frozenset({_S.QUEUED, _S.SCHEDULED, _S.CANCELLED, _S.REJECTED, _S.EXPIRED}),
        _S.SCHEDULED: frozenset({_S.QUEUED, _S.HELD, _S.CANCELLED, _S.EXPIRED}),
        # failed: poison. recalled: the unsent rest of a message that was begun is withheld.
        _S.QUEUED: frozenset(
            {_S.SUBMITTING, _S.SCHEDULED, _S.HELD, _S.CANCELLED, _S.EXPIRED, _S.FAILED, _S.RECALLED}
        ),
        # queued: displaced by an emergency, refused for now, or proved unsent.
        _S.SUBMITTING: frozenset({_S.SUBMITTED, _S.QUEUED, _S.IN_DOUBT, _S.FAILED, _S.RECALLED}),
        # failed: closed by hand (closed_unknown). recalled: only on TP-ST 0x47.
        _S.IN_DOUBT: frozenset(
            {
                _S.SUBMITTED,
                _S.DELIVERED,
                _S.UNDELIVERABLE,
                _S.QUEUED,
                _S.FAILED,
                _S.EXPIRED,
                _S.RECALLED,
            }
        ),
        # queued: a retry on evidence that the network gave it up.
        _S.SUBMITTED: frozenset(
            {_S.DELIVERED, _S.UNDELIVERABLE, _S.EXPIRED, _S.QUEUED, _S.RECALLED}
        ),
        # A late report may prove that it arrived after all.
        _S.FAILED: frozenset({_S.DELIVERED}),
        _S.UNDELIVERABLE: frozenset({_S.DELIVERED}),
        _S.EXPIRED: frozenset({_S.DELIVERED}),
        _S.DELIVERED: frozenset[PartState](),
        _S.CANCELLED: frozenset[PartState](),
        _S.REJECTED: frozenset[PartState](),
        _S.RECALLED: frozenset[PartState](),
    }
)
"""The allowed moves of a part. The schema's ``part_transition`` holds the same rows."""

WAITING = frozenset({_S.HELD, _S.SCHEDULED, _S.QUEUED})
"""Not begun: may be cancelled, put on hold, or run out of time."""

LIVE = WAITING | {_S.SUBMITTING, _S.IN_DOUBT}
"""A batch with a message in one of these is not done."""

ACCEPTED = frozenset({_S.SUBMITTED, _S.DELIVERED, _S.UNDELIVERABLE})
"""The SMSC is known to have taken the part."""

FIRST_MATCH = (
    _S.RECALLED,
    _S.IN_DOUBT,
    _S.SUBMITTING,
    _S.HELD,
    _S.SCHEDULED,
    _S.QUEUED,
    _S.CANCELLED,
    _S.REJECTED,
    _S.FAILED,
    _S.UNDELIVERABLE,
    _S.EXPIRED,
    _S.SUBMITTED,
    _S.DELIVERED,
)
"""A message is in the first of these states that one of its parts is in."""

_RANK = {state: rank for rank, state in enumerate(FIRST_MATCH)}

INCOMPLETE = "incomplete"
"""Cause of a message of which one part failed while the SMSC took another."""


def allowed(before: PartState, after: PartState) -> bool:
    """Whether a part may move from ``before`` to ``after``."""
    return after in TRANSITIONS[before]


def message_state(parts: Iterable[PartState]) -> MessageState:
    """The state of a message with ``parts`` (at least one) in these states."""
    states = set(parts)
    if len(states) == 1:
        return states.pop()
    first = min(states, key=_RANK.__getitem__)
    if first is _S.FAILED and states & ACCEPTED:
        return _S.UNDELIVERABLE
    return first


def is_incomplete(parts: Iterable[PartState]) -> bool:
    """Whether the message failed only in part: some of it reached the SMSC."""
    states = set(parts)
    if _S.FAILED not in states:
        return False
    return min(states, key=_RANK.__getitem__) is _S.FAILED and bool(states & ACCEPTED)
