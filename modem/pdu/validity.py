"""Validity period, TP-VP (3GPP TS 23.040 §9.2.3.12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Relative:
    """Valid for ``minutes`` after the service centre accepts the message.

    Encoded in one octet, so rounded **up** to the next step (never shorter than asked):
    5-minute steps to 12 h, half hours to 24 h, days to 30 d, weeks to 63 weeks. At least 5 minutes,
    at most 63 weeks (635,040 minutes).
    """

    minutes: int


@dataclass(frozen=True, slots=True)
class Absolute:
    """Valid until ``at``: an aware datetime; its UTC offset is kept if it is whole quarter hours."""

    at: datetime


Validity = Relative | Absolute
