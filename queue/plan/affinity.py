"""Which messages a modem leaves to the SIM that they would rather go by: pure.

A recipient who knows a SIM gets the next message by the same, and a number may be routed to an
operator. It is a wish: nothing is ever slowed down by it for long.

1. A SIM that is unwell, resting or not there is not waited for.
2. A modem with other work of the same class does that first, until the message has been passed over by
   about :data:`ROUNDS` messages of each SIM.
3. A modem without other work of the class takes it at once, unless the SIM itself is free to do so now;
   that one gets :data:`PATIENCE`.
4. Whose time runs out (:data:`.choose.HURRY`) takes the first modem. Classes above normal have no wish.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Literal

from ...store.clock import SECOND
from .choose import HURRY, Head

PATIENCE = 3 * SECOND
"""How long a message waits while another modem has nothing else to do."""
REST = 20 * SECOND
"""A SIM that may send again within this is still waited for by those who have other work."""
ROUNDS = 8
"""Messages of each SIM that may go before one that waits for its own."""

Reach = Literal["no", "soon", "now"]
"""How soon the preferred SIM would come to it: not in time, after something else, at once."""


def within_reach(
    heads: Sequence[Head],
    now: int,
    mine: Collection[str],
    reach: Callable[[str], Reach],
    sims: int,
) -> Sequence[Head]:
    """``heads`` without those that one of ``sims`` SIMs leaves to another.

    ``mine``: the preferences that this SIM meets. ``reach`` answers for any other preference.
    """
    theirs: list[tuple[Head, Reach]] = [
        (head, at)
        for head in heads
        if (wish := head.prefer) is not None
        and wish not in mine
        and not _hurries(head, now)
        and (at := reach(wish)) != "no"
    ]
    if not theirs:
        return heads
    left = {h.id for h, _ in theirs}
    taken = [h for h in heads if h.id not in left]
    return taken + [h for h, at in theirs if _passed_over(h, at, taken, now, sims)]


def _passed_over(head: Head, at: Reach, others: Sequence[Head], now: int, sims: int) -> bool:
    """Whether it waited long enough for its own SIM."""
    ranks = [h.rank for h in others if h.priority == head.priority]
    if ranks:
        return min(ranks) - head.rank > ROUNDS * sims
    return at != "now" or now - head.eligible_at >= PATIENCE


def _hurries(head: Head, now: int) -> bool:
    return head.valid_until is not None and head.valid_until - now <= HURRY
