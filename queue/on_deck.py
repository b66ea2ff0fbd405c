"""The message after the one on the air: its modem begins it by itself, unless something comes between.

A free modem must not wait for the event loop to hear that it is free. So what was fetched for it is
handed to its thread while the message before is still on the air; what may come between (an
emergency, a recall, a pause) is looked at by that thread in the moment before it begins.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from .intents import Intent
from .transmitter import HandOver, PartResult


class OnDeck:
    """A :class:`~.transmitter.HandOver` that begins at most once, and not once it was taken back."""

    def __init__(self, ring: HandOver, clear: Callable[[], bool]) -> None:
        """``clear``: whether nothing came between; called on the modem's thread."""
        self._ring = ring
        self._clear = clear
        self._lock = threading.Lock()
        self._state: Literal["waiting", "begun", "back"] = "waiting"

    def may_begin(self) -> bool:
        """On the modem's thread: begin now, or never."""
        with self._lock:
            if self._state == "waiting":
                self._state = "begun" if self._clear() else "back"
            return self._state == "begun"

    def take_back(self) -> bool:
        """On the event loop: let it not begin any more; ``False`` when it did."""
        with self._lock:
            if self._state == "waiting":
                self._state = "back"
            return self._state == "back"

    @property
    def came_back(self) -> bool:
        """Whether it never begins."""
        return self._state == "back"

    def begin(self, attempt: int) -> None:
        """Note it in the ring."""
        self._ring.begin(attempt)

    def answered(self, attempt: int, tp_mr: int) -> None:
        """Note it in the ring."""
        self._ring.answered(attempt, tp_mr)


@dataclass(frozen=True, slots=True)
class Flight:
    """A message that a modem has: on the air, or on deck behind the one that is."""

    intent: Intent
    results: asyncio.Future[Sequence[PartResult]]
    deck: OnDeck | None = None
