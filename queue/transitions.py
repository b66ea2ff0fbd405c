"""The one place that changes a state: of parts, of their message, of its batch.

Every move is checked against :data:`.states.TRANSITIONS` here and by a trigger in the schema, which
also writes the history. Message and batch states follow from the parts. The feed row and the audit
event belong to the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..store.events import Event, Scalar
from ..store.sql import load
from ..store.unit import UnitOfWork
from .actor import SYSTEM, By
from .batch_state import follow_batch, set_batch, settle_batch
from .bulk import move_batch, move_messages
from .errors import NotFoundError, TransitionError
from .states import (
    INCOMPLETE,
    MessageState,
    PartState,
    allowed,
    is_incomplete,
    message_state,
)

__all__ = (
    "SYSTEM",
    "By",
    "begin_message",
    "move_batch",
    "move_message",
    "move_messages",
    "move_part",
    "set_batch",
    "settle_batch",
)

_SQL = load(__name__, "transitions.sql")
_STATES = {state.value: state for state in PartState}
_NO_DETAILS: Mapping[str, Scalar] = {}


def move_part(
    uow: UnitOfWork,
    part_id: int,
    to: PartState,
    cause: str = "",
    tp_mr: int | None = None,
    *,
    by: By = SYSTEM,
    details: Mapping[str, Scalar] = _NO_DETAILS,
) -> MessageState:
    """Move one part and whatever follows from it; returns its message's state.

    ``cause`` is a code (``cms:38``, ``recall``, …). ``tp_mr`` is kept when it is given. ``details``
    go into the audit event. Raises :class:`TransitionError` or :class:`NotFoundError`.
    """
    rows = uow.execute(_SQL["message_of_part"], (part_id,)).fetchall()
    if not rows:
        raise NotFoundError("no such part")
    return _move(uow, rows, {part_id}, None, to, cause, tp_mr, by, details)


def move_message(
    uow: UnitOfWork,
    message_id: int,
    to: PartState,
    cause: str = "",
    tp_mr: int | None = None,
    *,
    frm: Collection[PartState] | None = None,
    by: By = SYSTEM,
    details: Mapping[str, Scalar] = _NO_DETAILS,
) -> MessageState:
    """Move all parts of a message that are in one of ``frm``; returns the message's state.

    Without ``frm``: all parts that are not in ``to`` yet. Raises :class:`TransitionError` when one
    of them may not move so, or when there is none to move; :class:`NotFoundError`.
    """
    rows = uow.execute(_SQL["message"], (message_id,)).fetchall()
    if not rows:
        raise NotFoundError("no such message")
    return _move(uow, rows, None, frm, to, cause, tp_mr, by, details)


def begin_message(
    uow: UnitOfWork,
    message_id: int,
    concat_ref: int | None,
    replace_pid: int | None,
    details: Mapping[str, Scalar],
) -> MessageState:
    """Move what of a message is queued to ``submitting``, as one more try of it."""
    rows = uow.execute(_SQL["message"], (message_id,)).fetchall()
    queued, begun = {PartState.QUEUED}, (concat_ref, replace_pid)
    return _move(uow, rows, None, queued, PartState.SUBMITTING, "", None, SYSTEM, details, begun)


def _move(
    uow: UnitOfWork,
    rows: Sequence[tuple[Any, ...]],
    only: Collection[int] | None,
    frm: Collection[PartState] | None,
    to: PartState,
    cause: str,
    tp_mr: int | None,
    by: By,
    details: Mapping[str, Scalar],
    begun: tuple[int | None, int | None] | None = None,
) -> MessageState:
    moving: list[int] = []
    seqs: list[int] = []
    after: list[PartState] = []
    for part_id, seq, value, *_ in rows:
        state = _STATES[value]
        if (part_id in only) if only is not None else (state is not to and _in(state, frm)):
            if not allowed(state, to):
                raise TransitionError(f"a part may not move from {state} to {to}")
            moving.append(part_id)
            seqs.append(seq)
            state = to
        after.append(state)
    if not moving:
        raise TransitionError(f"no part of the message may move to {to}")
    value, code = to.value, cause or None
    for part_id in moving:
        uow.execute(_SQL["set_part"], (value, code, tp_mr, uow.now, part_id))
    return _follow(uow, rows[0][3:], after, seqs, to, cause, tp_mr, by, details, begun)


def _in(state: PartState, frm: Collection[PartState] | None) -> bool:
    return frm is None or state in frm


def _follow(
    uow: UnitOfWork,
    message: tuple[Any, ...],
    parts: Sequence[PartState],
    seqs: Sequence[int],
    to: PartState,
    cause: str,
    tp_mr: int | None,
    by: By,
    details: Mapping[str, Scalar],
    begun: tuple[int | None, int | None] | None = None,
) -> MessageState:
    """Bring message and batch in line with the parts, and tell feed and audit log."""
    message_id, ref, value, priority, batch_id, batch_ref, batch_state, old_cause = message
    before, now = _STATES[value], message_state(parts)
    # The message shows the cause of the move that gave it its state.
    shown = INCOMPLETE if is_incomplete(parts) else (cause or None) if now is to else old_cause
    if begun is None:
        uow.execute(_SQL["set_message"], (now.value, shown, uow.now, message_id))
    else:
        uow.execute(_SQL["begin_message"], (now.value, shown, uow.now, *begun, message_id))
    body: dict[str, Scalar] = {"part": ",".join(map(str, seqs)), "batch": batch_ref}
    if cause:
        body["cause"] = cause
    if tp_mr is not None:
        body["tp_mr"] = tp_mr
    action = f"message.{to.value}"
    uow.record(
        Event(
            kind=by.kind,
            action=action,
            actor=by.actor,
            object=ref,
            reason=by.reason,
            details={**body, **details},
        )
    )
    if now is not before:
        told = {"batch": batch_ref, "from": before.value, "cause": shown, "priority": priority}
        uow.feed("message", now.value, ref, told)
        follow_batch(uow, batch_id, batch_ref, batch_state, before, now)
    return now
