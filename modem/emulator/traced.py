"""What the network keeps of a message, and what it knows of a modem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Protocol

from ..pdu.submit import Submit
from ..pdu.tpdu import Tpdu

NUMBER = "+8613800100500"
"""The service centre's own."""
ZONE = timezone(timedelta(hours=8))

Ended = Callable[[bool], None]
"""Whether a report was acknowledged; if not, it is the network's again (RP-ERROR)."""


class Subscriber(Protocol):
    """A modem as the network sees it. Both return False while it cannot be reached."""

    def deliver(self, tpdu: Tpdu) -> bool:
        """Take an SMS-DELIVER."""
        ...

    def report(self, tpdu: Tpdu, mr: int, ended: Ended) -> bool:
        """Take an SMS-STATUS-REPORT about its own TP-MR ``mr``; if taken, ``ended`` is told."""
        ...


class Nobody:
    """The subscriber of a SIM that is in no modem."""

    def deliver(self, tpdu: Tpdu) -> bool:
        """Not reachable."""
        return False

    def report(self, tpdu: Tpdu, mr: int, ended: Ended) -> bool:
        """Not reachable."""
        return False


@dataclass(frozen=True, slots=True)
class Traced:
    """What a status report says it is about."""

    seq: int
    """Number in the air log."""
    imsi: str
    mr: int
    recipient: str = field(repr=False)
    accepted_at: datetime
    for_command: bool = False


@dataclass(slots=True)
class Held:
    """A message the service centre holds."""

    about: Traced
    submit: Submit
    statuses: list[int]
    """TP-ST values still to come."""
    wants_report: bool
