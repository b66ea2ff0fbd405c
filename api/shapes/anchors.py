"""Anchors: who outside the box holds which tree head."""

from __future__ import annotations

from datetime import datetime

import msgspec


class AnchorDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an anchor's SMS to one phone; the number is masked."""

    to: str | None
    state: str
    at: datetime
    """When it came into that state."""


class AnchorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One anchor as the box remembers it. What counts for a verifier is what the holder has."""

    kind: str
    """``sms``, ``witness`` or ``paper``."""
    size: int
    """Records it vouches for."""
    root: str
    at: datetime
    by: str
    deliveries: list[AnchorDelivery]
    """Of an SMS: whom it reached."""

    @property
    def held(self) -> bool:
        """Whether somebody outside has it, as far as the box knows."""
        return self.kind != "sms" or any(d.state == "delivered" for d in self.deliveries)


class AnchorList(msgspec.Struct, frozen=True, kw_only=True):
    """Anchors, newest first."""

    items: list[AnchorAnswer]
    records: int
    """In the log now."""
    unanchored: int
    """Records that came after the newest anchor that somebody holds: nobody outside vouches for them."""
