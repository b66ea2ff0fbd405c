"""How long a prefetch may wait for others to share its commit: fewer commits wear the disk less."""

from __future__ import annotations

SHARE = 0.4
"""Of a message's time on the air; the rest is for the commit itself."""
MOST = 0.25
"""Seconds."""
_STEP = 0.1


class Company:
    """Of one modem: longer the longer a message is on the air, shorter where commits are slow."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def note(self, air: float, *, late: bool) -> None:
        """A message was on the air for ``air`` seconds; ``late``: the next one was not there yet."""
        longer = self.seconds * 0.75 if late else self.seconds + _STEP * air
        self.seconds = min(longer, SHARE * air, MOST)
