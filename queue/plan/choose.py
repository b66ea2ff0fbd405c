"""Which message a free modem takes next: one pure function over a few candidates of each class.

1. Emergencies first, always.
2. Then the highest class; but a lower class whose first message has waited longer than
   :data:`PATIENCE` gets every :data:`SHARE`-th turn, so that none starves under an endless load of
   the classes above it.
3. Within the class the lowest round (:mod:`..rounds`: batches take turns), and in it the oldest.
4. When capacity is short, the message whose time runs out first goes before that: short means that
   it would not live through a wait like the one the first message had. Every
   :data:`SHARE`-th turn is the first message's all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ...store.clock import SECOND

PATIENCE = 60 * SECOND
SHARE = 8
HURRY = 30 * SECOND
"""With less than this left, a message hurries however short the queue is."""


class Head(NamedTuple):
    """A message that a modem may take, before others of its class."""

    priority: int
    rank: int
    """The round of its class in which it goes."""
    id: int
    eligible_at: int
    """Microseconds since 1970: since when it could have been sent."""
    valid_until: int | None = None
    """Microseconds since 1970: when it is of no use any more."""
    prefer: str | None = None
    """The SIM, or the operators, that it would rather go by (:mod:`.affinity`)."""


@dataclass(frozen=True, slots=True)
class Turns:
    """How often in a row somebody was passed over."""

    passed: int = 0
    """An impatient lower class."""
    hurried: int = 0
    """The first message of a class, by those whose time ran out."""


def choose(
    heads: Sequence[Head], now: int, turns: Turns, share: int = SHARE
) -> tuple[Head | None, Turns]:
    """The head to take (``None`` when there is none) and the turns to remember.

    ``heads`` holds at least the first of each class and the one of each class whose time runs out
    first, in any order.
    """
    if not heads:
        return None, turns
    best = min(heads, key=_first)
    if best.priority == 0:
        return _within(heads, 0, now, turns, share)
    impatient = [h for h in heads if h.priority > best.priority and now - h.eligible_at > PATIENCE]
    if not impatient:
        turns = replace(turns, passed=0) if turns.passed else turns
        return _within(heads, best.priority, now, turns, share)
    if turns.passed + 1 < share:
        turns = replace(turns, passed=turns.passed + 1)
        return _within(heads, best.priority, now, turns, share)
    # The one that has waited longest: with two lower classes both get their turn.
    longest = min(impatient, key=lambda h: (h.eligible_at, _first(h)))
    return _within(heads, longest.priority, now, replace(turns, passed=0), share)


def _within(
    heads: Sequence[Head], priority: int, now: int, turns: Turns, share: int
) -> tuple[Head, Turns]:
    """The head of one class to take."""
    among = [h for h in heads if h.priority == priority]
    first = min(among, key=_first)
    wait = max(HURRY, 2 * (now - first.eligible_at))
    short = [h for h in among if h.valid_until is not None and h.valid_until - now <= wait]
    if not short:
        return first, replace(turns, hurried=0) if turns.hurried else turns
    hasty = min(short, key=lambda h: (h.valid_until or 0, _first(h)))
    if hasty is first or turns.hurried + 1 >= share:
        return first, replace(turns, hurried=0)
    return hasty, replace(turns, hurried=turns.hurried + 1)


def _first(head: Head) -> tuple[int, int, int]:
    return head.priority, head.rank, head.id
