"""What a caller asks of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec


class SendRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One text for many. Field by field what ``POST /api/v1/messages`` takes.

    The desk checks every value itself, so that a caller may build one from unchecked input.
    """

    to: Sequence[str]
    """Numbers as people write them; without a plus sign they are of the configured region."""
    text: str
    purpose: str
    """``emergency``, ``service``, ``statutory``, ``activity`` or ``commercial``."""
    priority: str | None = None
    """``emergency``, ``urgent``, ``normal`` or ``bulk``; ``None``: ``emergency`` when the purpose
    is, else ``normal``."""
    not_before: datetime | None = None
    valid_until: datetime | None = None
    flash: bool = False
    recallable: bool = False
    client_ref: str | None = None
    reason: str | None = None
    """Why, for an emergency that one person sends alone; the send policy may ask for it."""

    accept_late: bool = False
    """Accept it although some of its own messages will be too late for ``valid_until``."""

    def __repr__(self) -> str:
        """Without numbers and text: a repr may reach a log."""
        return f"SendRequest(to={len(self.to)} numbers, purpose={self.purpose!r})"
