"""What a status report's TP-ST means for a part (3GPP TS 23.040 §9.2.3.15), by range. Pure.

The queue's own classing: it decides what happens, the modem's table says what the code is called.
"""

from __future__ import annotations

from bisect import bisect_right
from enum import Enum

from .states import PartState

REPLACED = 0x02
"""The SMSC replaced the message by a later one of the same TP-PID: it never reached the handset."""
VALIDITY_EXPIRED = 0x46
DELETED = 0x47
"""Deleted by the originating SME: the only proof that a recall reached it in time."""
NOT_THERE = 0x49
"""The SMSC holds no such message: the answer to a command that came too late."""


class TpKind(Enum):
    """What a TP-ST says about the message it reports on."""

    SUCCESS = "success"
    """The SMSC is done and the message arrived (0x01: as far as it can tell)."""
    SUPERSEDED = "superseded"
    """The SMSC replaced it before it was delivered."""
    PENDING = "pending"
    """The SMSC still tries; another report will come."""
    PERMANENT = "permanent"
    """Given up for a permanent reason."""
    EXPIRED = "expired"
    """Its validity period ended at the SMSC."""
    RECALLED = "recalled"
    """Deleted on our request."""
    ABSENT = "absent"
    """The SMSC knows no such message."""
    TEMPORARY = "temporary"
    """A temporary reason, but the SMSC gave up."""
    UNKNOWN = "unknown"
    """Reserved: nothing may be concluded from it."""


# First code of each range; a range ends where the next begins. Reserved and SC-specific codes below
# 0x80 belong to the range they stand in; above it nothing is defined, and bits must not be guessed.
_RANGES = (
    (0x00, TpKind.SUCCESS),
    (REPLACED, TpKind.SUPERSEDED),
    (0x03, TpKind.SUCCESS),
    (0x20, TpKind.PENDING),
    (0x40, TpKind.PERMANENT),
    (VALIDITY_EXPIRED, TpKind.EXPIRED),
    (DELETED, TpKind.RECALLED),
    (0x48, TpKind.PERMANENT),
    (NOT_THERE, TpKind.ABSENT),
    (0x4A, TpKind.PERMANENT),
    (0x60, TpKind.TEMPORARY),
    (0x80, TpKind.UNKNOWN),
)
_STARTS = [start for start, _ in _RANGES]

_ENDS = {
    TpKind.SUCCESS: PartState.DELIVERED,
    TpKind.SUPERSEDED: PartState.UNDELIVERABLE,
    TpKind.PERMANENT: PartState.UNDELIVERABLE,
    TpKind.TEMPORARY: PartState.UNDELIVERABLE,
    TpKind.ABSENT: PartState.UNDELIVERABLE,
    TpKind.EXPIRED: PartState.EXPIRED,
    TpKind.RECALLED: PartState.RECALLED,
}


def tp_kind(code: int) -> TpKind:
    """The kind of a TP-ST octet; out of range it is ``UNKNOWN``."""
    if not 0 <= code <= 0xFF:
        return TpKind.UNKNOWN
    return _RANGES[bisect_right(_STARTS, code) - 1][1]


def ends_in(kind: TpKind) -> PartState | None:
    """The state a part comes to by such a report; ``None`` while there is more to wait for."""
    return _ENDS.get(kind)


def tp_cause(code: int) -> str:
    """The cause code that stands for a TP-ST: ``tp_st:46``."""
    return f"tp_st:{code:02x}"
