"""What becomes of the queue when an earlier state of the database is put back.

What waited then may have been sent since: it is held until a second person lets it go. What was on
its way is in doubt. What was submitted or in doubt stays so: a late report may still speak of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..store.sql import load
from ..store.unit import UnitOfWork
from .actor import By
from .recovery import recover
from .ring_format import Remains
from .states import BatchState, PartState
from .transitions import move_batch, set_batch

_SQL = load(__name__, "restored.sql")
RESTORE = "restore"
_ELIGIBLE = frozenset({PartState.QUEUED, PartState.SCHEDULED})


@dataclass(frozen=True, slots=True)
class Restored:
    """How much was held back, and how much nobody can be sure of."""

    batches: int
    held: int
    """Messages that were queued or scheduled."""
    in_doubt: int
    """Parts that were on their way."""


def after_restore(uow: UnitOfWork, actor: str) -> Restored:
    """Hold every batch that has something left to send; nothing of the hand-over file is believed."""
    recovered = recover(uow, Remains())
    by = By(actor, RESTORE, "sys")
    rows: list[tuple[int, str]] = uow.execute(_SQL["open_batches"]).fetchall()
    held = 0
    for batch_id, state in rows:
        uow.execute(_SQL["open_hold"], (batch_id, uow.now))
        held += move_batch(uow, batch_id, PartState.HELD, _ELIGIBLE, RESTORE, by=by)
        # A paused one stays so: whoever resumes it finds it held.
        if state not in {BatchState.HELD, BatchState.PAUSED}:
            set_batch(uow, batch_id, BatchState.HELD, RESTORE, by=by)
    return Restored(len(rows), held, recovered.in_doubt)
