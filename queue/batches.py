"""Verbs on whole batches. Each is one unit's work: state, messages, holds, feed and audit event."""

from __future__ import annotations

import sqlite3

from ..store.sql import load
from ..store.unit import UnitOfWork
from .errors import NotFoundError, StateConflictError
from .hours import AlwaysOpen, SendingHours
from .release import release
from .states import WAITING, BatchState, PartState
from .transitions import By, move_batch, move_messages, set_batch

_SQL = load(__name__, "batches.sql")
_ALWAYS = AlwaysOpen()

CANCELLED = "cancelled"
RETURNED = "returned"
REJECTED = "rejected"
PAUSED = "paused"

_CANCELLABLE = frozenset(
    {BatchState.HELD, BatchState.SCHEDULED, BatchState.SENDING, BatchState.PAUSED}
)
_PAUSABLE = frozenset({BatchState.SCHEDULED, BatchState.SENDING})


def cancel(uow: UnitOfWork, batch: str, actor: str, reason: str = "") -> int:
    """Stop what of ``batch`` (public id) is not on the air; returns how many messages.

    Raises :class:`NotFoundError`, :class:`StateConflictError` when the batch has ended.
    """
    batch_id = _batch(uow, batch, _CANCELLABLE)
    by = By(actor, reason)
    moved = move_batch(uow, batch_id, PartState.CANCELLED, WAITING, CANCELLED, by=by)
    end(uow, batch_id, BatchState.CANCELLED, by)
    return moved


def return_(uow: UnitOfWork, batch: str, actor: str, reason: str) -> int:
    """Give a held batch back to its submitter: its messages end ``cancelled``, cause ``returned``.

    Raises :class:`NotFoundError`, :class:`StateConflictError` when it is not held.
    """
    batch_id = _batch(uow, batch, frozenset({BatchState.HELD}))
    by = By(actor, reason, "approve")
    held = {PartState.HELD}
    moved = move_batch(uow, batch_id, PartState.CANCELLED, held, RETURNED, by=by)
    end(uow, batch_id, BatchState.RETURNED, by)
    return moved


def reject(uow: UnitOfWork, batch: str, actor: str, reason: str) -> int:
    """Refuse a held batch: its messages end ``rejected``. Raises as :func:`return_`."""
    batch_id = _batch(uow, batch, frozenset({BatchState.HELD}))
    by = By(actor, reason, "approve")
    moved = move_batch(uow, batch_id, PartState.REJECTED, {PartState.HELD}, REJECTED, by=by)
    end(uow, batch_id, BatchState.REJECTED, by)
    return moved


def pause(uow: UnitOfWork, batch: str, actor: str, reason: str = "") -> int:
    """Keep back what of ``batch`` was not begun, behind a ``manual`` hold; how many messages.

    Raises :class:`NotFoundError`, :class:`StateConflictError` unless it is scheduled or sending.
    """
    batch_id = _batch(uow, batch, _PAUSABLE)
    by = By(actor, reason)
    uow.execute(_SQL["open_hold"], (batch_id, uow.now))
    set_batch(uow, batch_id, BatchState.PAUSED, by=by)
    ids = [row[0] for row in uow.execute(_SQL["not_begun"], (batch_id,)).fetchall()]
    frm = {PartState.QUEUED, PartState.SCHEDULED}
    return move_messages(uow, batch_id, ids, PartState.HELD, frm, PAUSED, by=by) if ids else 0


def resume(
    uow: UnitOfWork,
    batch: str,
    actor: str,
    reason: str = "",
    hours: SendingHours = _ALWAYS,
) -> BatchState:
    """Let a paused batch go on; returns its state: ``held`` when another hold is open.

    Raises :class:`NotFoundError`, :class:`StateConflictError` when it is not paused.
    """
    batch_id = _batch(uow, batch, frozenset({BatchState.PAUSED}))
    by = By(actor, reason)
    uow.execute(_SQL["close_manual"], (uow.now, actor, batch_id))
    if uow.execute(_SQL["is_held"], (batch_id,)).fetchone()[0]:
        set_batch(uow, batch_id, BatchState.HELD, by=by)
        return BatchState.HELD
    return release(uow, batch_id, hours, by=by)


def counts(connection: sqlite3.Connection, batch: str) -> dict[str, int]:
    """Messages of ``batch`` (public id) by state; states without a message are left out."""
    return dict(connection.execute(_SQL["counts"], (batch,)).fetchall())


def _batch(uow: UnitOfWork, public_id: str, states: frozenset[BatchState]) -> int:
    row = uow.execute(_SQL["batch"], (public_id,)).fetchone()
    if row is None:
        raise NotFoundError("no such batch")
    if row[1] not in states:
        raise StateConflictError(f"the batch is {row[1]}")
    return int(row[0])


def end(uow: UnitOfWork, batch_id: int, to: BatchState, by: By) -> None:
    """Close a batch and every hold of it; its messages are the caller's affair."""
    set_batch(uow, batch_id, to, by=by)
    # After the batch left `held`: the schema wants a decision for closing an approval before.
    uow.execute(_SQL["close_holds"], (uow.now, by.actor, batch_id))
