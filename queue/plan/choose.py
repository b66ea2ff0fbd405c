"""Which message a free modem takes next: one pure function over the head of each class.

Emergencies always first. Then the highest class, oldest first; but a lower class whose head has
waited longer than :data:`PATIENCE` gets every :data:`SHARE`-th turn, so that none starves under an
endless load of the classes above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...store.clock import SECOND

PATIENCE = 60 * SECOND
SHARE = 8


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """The oldest message of one class that a modem may take."""

    priority: int
    rank: int
    id: int
    eligible_at: int
    """Microseconds since 1970: since when it could have been sent."""


@dataclass(frozen=True, slots=True)
class Turns:
    """How many turns in a row an impatient lower class was passed over."""

    passed: int = 0


def choose(
    heads: Sequence[Head], now: int, turns: Turns, share: int = SHARE
) -> tuple[Head | None, Turns]:
    """The head to take (``None`` when there is none) and the turns to remember.

    Among heads of one class the lower rank goes first.
    """
    if not heads:
        return None, turns
    best = min(heads)
    if best.priority == 0:
        return best, turns
    impatient = [h for h in heads if h.priority > best.priority and now - h.eligible_at > PATIENCE]
    if not impatient:
        return best, Turns()
    if turns.passed + 1 < share:
        return best, Turns(turns.passed + 1)
    # The one that has waited longest: with two lower classes both get their turn.
    return min(impatient, key=lambda h: (h.eligible_at, h)), Turns()
