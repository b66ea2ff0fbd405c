"""The classes of evidence. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Whom a code speaks of, and for how long."""

    SUCCESS = "success"
    PENDING = "pending"
    """The SMSC still tries."""
    TEMPORARY = "temporary"
    """The network, now: later, perhaps elsewhere."""
    DESTINATION = "destination"
    """The number, for good: no such subscriber, or no short messages there."""
    BARRED = "barred"
    """The number exists and takes none from us."""
    UNREACHABLE = "unreachable"
    """The number exists as far as one can tell; it did not answer for the whole validity."""
    MESSAGE = "message"
    """This TPDU, wherever it is sent."""
    SIM = "sim"
    """The SIM that sent it: barred, in arrears, not subscribed, missing."""
    CONFIGURATION = "configuration"
    """A setting, such as the SMSC's address."""
    DEVICE = "device"
    """The modem: its memory, its state."""
    AMBIGUOUS = "ambiguous"
    """The number or the SIM: only other messages of that SIM can tell."""
    ENDED = "ended"
    """Ended by us or by the SMSC's administration: says nothing about anybody."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Code:
    """One code, what it is called, and what it is evidence of."""

    code: int
    meaning: str
    kind: Kind
    weight: float = 0.0
    """How much it speaks for the number being vacant (:mod:`.rule`)."""
