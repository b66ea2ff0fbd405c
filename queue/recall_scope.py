"""What a recall is of: one message or a batch, and what is left of it to stop or to chase."""

from __future__ import annotations

from dataclasses import dataclass

from ..store.sql import load
from ..store.unit import UnitOfWork
from .errors import NotFoundError, RecallError
from .states import BatchState, MessageState

_SQL = load(__name__, "recall.sql")


@dataclass(frozen=True, slots=True)
class Target:
    """Row ids; ``message`` is ``None`` for the whole batch."""

    batch: int
    batch_state: BatchState
    message: int | None


@dataclass(frozen=True, slots=True)
class Scope:
    """The messages concerned: those that wait entirely, and those of which something may be out."""

    waiting: list[int]
    out: list[int]
    on_way: list[int]
    """Those of ``out`` that a modem owns."""
    recalled: bool
    """Whether one of the others was recalled or cancelled before."""


def target_of(uow: UnitOfWork, batch: str | None, message: str | None) -> Target:
    """Find it by public id. Raises :class:`NotFoundError`, :class:`RecallError`."""
    if (batch is None) == (message is None):
        raise RecallError("one_target", "a recall is of one message or of one batch")
    if message is not None:
        row = uow.execute(_SQL["message"], (message,)).fetchone()
        if row is None:
            raise NotFoundError("no such message")
        message_id, batch_id, kind, state = row
    else:
        row = uow.execute(_SQL["batch"], (batch,)).fetchone()
        if row is None:
            raise NotFoundError("no such batch")
        message_id, (batch_id, kind, state) = None, row
    if kind == "recall":
        raise RecallError("is_recall", "what a recall sent is not recalled itself")
    return Target(batch_id, BatchState(state), message_id)


def scope_of(uow: UnitOfWork, target: Target) -> Scope:
    """Sort its messages, but those that another recall is busy with."""
    given = {"batch": target.batch, "message": target.message}
    waiting: list[int] = []
    sent: list[int] = []
    on_way: list[int] = []
    recalled = False
    for message_id, state, waits, out in uow.execute(_SQL["scope"], given).fetchall():
        if state in {MessageState.RECALLED, MessageState.CANCELLED}:
            recalled = True
        elif waits:
            waiting.append(message_id)
        elif out:
            sent.append(message_id)
            if state == MessageState.SUBMITTING:
                on_way.append(message_id)
    return Scope(waiting, sent, on_way, recalled)
