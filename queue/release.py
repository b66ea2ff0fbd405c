"""Letting a held batch go, once nothing keeps it back. Only ``policy.desk`` may call it."""

from __future__ import annotations

from ..store.sql import load
from ..store.unit import UnitOfWork
from .errors import HeldError, NotFoundError, StateConflictError
from .hours import AlwaysOpen, SendingHours
from .priorities import Priority
from .states import BatchState, PartState
from .transitions import SYSTEM, By, move_batch, set_batch

_SQL = load(__name__, "release.sql")
_ALWAYS = AlwaysOpen()


def release(
    uow: UnitOfWork, batch_id: int, hours: SendingHours = _ALWAYS, *, by: By = SYSTEM
) -> BatchState:
    """Move a batch's held messages on: queued, scheduled for their hour, or expired.

    A batch in ``held`` or ``paused`` only. Raises :class:`HeldError` while a hold is open (the
    schema refuses it too), :class:`StateConflictError`, :class:`NotFoundError`.
    """
    row = uow.execute(_SQL["batch"], (batch_id,)).fetchone()
    if row is None:
        raise NotFoundError("no such batch")
    _, state, purpose, priority, not_before, valid_until = row
    if state not in {"held", "paused"}:
        raise StateConflictError(f"the batch is {state}")
    if uow.execute(_SQL["open_hold"], (batch_id,)).fetchone()[0]:
        raise HeldError("a hold is open on the batch")
    starts_at = max(uow.now, not_before or uow.now)
    if not Priority(priority).any_hour:
        starts_at = hours.next(purpose, starts_at)
    if valid_until is not None and valid_until <= starts_at:
        to, cause = PartState.EXPIRED, "validity"
    else:
        to, cause = (PartState.SCHEDULED if starts_at > uow.now else PartState.QUEUED), ""
        uow.execute(_SQL["set_start"], (starts_at, batch_id))
    after = BatchState.SCHEDULED if to is PartState.SCHEDULED else BatchState.SENDING
    set_batch(uow, batch_id, after, by=by)
    move_batch(uow, batch_id, to, {PartState.HELD}, cause, by=by)
    return BatchState(uow.execute(_SQL["batch"], (batch_id,)).fetchone()[1])
