"""What an operator does to what waits: one message stopped, a batch moved to another class."""

from __future__ import annotations

from ..store.events import Event
from ..store.sql import load
from ..store.unit import UnitOfWork
from .actor import By
from .batches import CANCELLED
from .errors import NotFoundError, StateConflictError
from .priorities import Priority
from .states import WAITING, BatchState, PartState
from .transitions import move_message

_SQL = load(__name__, "operate.sql")
_ENDED = frozenset(
    {BatchState.RETURNED, BatchState.REJECTED, BatchState.CANCELLED, BatchState.DONE}
)


def cancel_message(uow: UnitOfWork, message: str, actor: str, reason: str = "") -> None:
    """Stop ``message`` (public id), of which nothing has begun; the rest of its batch goes on.

    Raises :class:`NotFoundError`, and :class:`StateConflictError` once a part of it was begun.
    """
    row = uow.execute(_SQL["message"], (message,)).fetchone()
    if row is None:
        raise NotFoundError("no such message")
    message_id, state, begun = row
    if begun or state not in WAITING:
        raise StateConflictError(f"the message is {state}")
    by = By(actor, reason)
    move_message(uow, message_id, PartState.CANCELLED, CANCELLED, frm=WAITING, by=by)


def prioritise(uow: UnitOfWork, batch: str, priority: Priority, actor: str, reason: str) -> int:
    """Put what of ``batch`` (public id) waits into another class; returns how many messages.

    What was submitted stays on record: the batch's own priority never changes. Raises
    :class:`NotFoundError`, and :class:`StateConflictError` when the batch is over.
    """
    row = uow.execute(_SQL["batch"], (batch,)).fetchone()
    if row is None:
        raise NotFoundError("no such batch")
    batch_id, state = row
    if state in _ENDED:
        raise StateConflictError(f"the batch is {state}")
    given = {"batch": batch_id, "priority": int(priority), "now": uow.now}
    moved = uow.execute(_SQL["prioritise"], given).rowcount
    uow.feed("batch", state, batch, {"moved": moved, "priority": int(priority)})
    uow.record(
        Event(
            kind="send",
            action="batch.prioritised",
            actor=actor,
            object=batch,
            reason=reason,
            details={"priority": priority.label, "moved": moved},
        )
    )
    return moved
