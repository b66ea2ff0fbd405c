"""What a modem's thread is asked to send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import time_ns
from typing import Literal

from .at.answers import Answer, HandOver, Part


@dataclass(slots=True, eq=False)
class Order:
    """PDUs to send, and whom to tell."""

    parts: Sequence[Part]
    handover: HandOver
    settle: Callable[[list[Answer]], None]
    verb: Literal["CMGS", "CMGC"] = "CMGS"
    withdrawn: bool = False

    def unsent(self, cause: str) -> None:
        """Settle an order that was not begun."""
        now = time_ns() // 1000
        first = Answer("unsent", cause=cause, answered_at=now)
        rest = Answer("unsent", answered_at=now)
        self.settle([first, *[rest] * (len(self.parts) - 1)])
