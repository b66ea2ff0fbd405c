"""What claims know of a SIM in a ready modem."""

from __future__ import annotations

from dataclasses import dataclass

from ..store.clock import SECOND
from .plan.affinity import REST, Reach

_MOMENT = SECOND // 10
"""Its lane asks while a claim that began before looks: what it notes is then a little later."""


@dataclass(slots=True)
class Standing:
    """Written by the SIM's lane on the event loop, read by claims on the store's thread: single
    values, each harmless when a moment old."""

    shut: bool = False
    """Paused, stalled or closing: nobody waits for it."""
    unwell: bool = False
    """It fails too often, or a quota is nearly used up: the same."""
    free_at: int = 0
    """When it may send again, microseconds since 1970."""
    pending: bool = False
    """It holds a message that it has not begun."""
    full: bool = False
    """Its quota of recipients is used up: it takes what is for those who know it, no other."""

    def reach(self, now: int) -> Reach:
        """How soon it would come to a message that waits for it."""
        if self.shut or self.unwell or self.free_at - now > REST:
            return "no"
        return "soon" if self.pending or self.free_at - now > _MOMENT else "now"
