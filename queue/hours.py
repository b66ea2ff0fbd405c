"""When a message may be sent, as the queue asks it; ``policy`` answers."""

from __future__ import annotations

from typing import Protocol

from .priorities import Purpose


class SendingHours(Protocol):
    """Sending hours by purpose. Pure and quick: asked inside units."""

    def next(self, purpose: Purpose, at: int) -> int:
        """The first moment from ``at`` on at which ``purpose`` may be sent; ``at`` itself if so.

        Microseconds since 1970 UTC.
        """
        ...


class AlwaysOpen:
    """Sending hours that never wait."""

    def next(self, purpose: Purpose, at: int) -> int:
        """``at``."""
        return at
