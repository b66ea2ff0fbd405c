"""Who moves something."""

from __future__ import annotations

from dataclasses import dataclass

from ..store.events import EventClass


@dataclass(frozen=True, slots=True)
class By:
    """Who moves something, and why in their words; the gateway itself when nobody says."""

    actor: str = "system"
    reason: str = ""
    kind: EventClass = "send"


SYSTEM = By()
