"""Rounds: how batches of one class share the modems. Each has one message in a round.

A batch that comes while others are being sent begins with the next round, so five messages do not
wait for the ten thousand before them; the ten thousand go on with one message a round. So that they
cannot be starved by newcomers without end, at most :data:`NEWCOMERS` batches begin in one round.
Within a round the older message goes first. The round is fixed when a message becomes eligible
(:mod:`.plan.choose` only compares), so that a claim costs the same behind any backlog.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..store.sql import load
from ..store.unit import UnitOfWork

_SQL = load(__name__, "rounds.sql")

NEWCOMERS = 64
"""Batches that begin in one round at most."""


def enter(uow: UnitOfWork, priority: int) -> int:
    """The round in which a batch of this class begins that becomes eligible now."""
    row = uow.execute(_SQL["enter"], {"priority": priority, "most": NEWCOMERS}).fetchone()
    return int(row[0])


def place(uow: UnitOfWork, batch_id: int, message_ids: Sequence[int]) -> None:
    """Give messages of one batch that are about to be queued their rounds, in this order.

    They go behind what of the batch is queued already. One that was tried before keeps its place.
    """
    row = uow.execute(_SQL["last_of_batch"], (batch_id,)).fetchone()
    if row is not None:
        first = row[0] + 1
    else:
        first = enter(uow, uow.execute(_SQL["class"], (batch_id,)).fetchone()[0])
    uow.execute(_SQL["place"], {"first": first, "ids": json.dumps(list(message_ids))})
