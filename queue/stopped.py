"""Batches that were stopped a moment ago: what a modem fetched of them must not begin."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from ..store.feed import FeedItem

_ENDS = frozenset({"paused", "cancelled", "returned", "rejected"})
_GOES_ON = frozenset({"sending", "scheduled"})
_KEPT = 600.0
"""Seconds; well above the longest that an intent waits behind a message on the air. A claim looks
at the batch itself."""


class StoppedBatches:
    """Fed with what each group appended to the event feed, before any lane hears of its claim."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def told(self, items: Iterable[FeedItem]) -> None:
        """Take note of batches that were stopped, or go on."""
        for item in items:
            if item.topic != "batch":
                continue
            if item.kind in _ENDS:
                self._forget_old()
                self._since[item.ref] = monotonic()
            elif item.kind in _GOES_ON:
                self._since.pop(item.ref, None)

    def __contains__(self, batch: str) -> bool:
        return batch in self._since

    def _forget_old(self) -> None:
        before = monotonic() - _KEPT
        self._since = {ref: at for ref, at in self._since.items() if at > before}
