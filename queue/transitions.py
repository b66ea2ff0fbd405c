"""The one place that changes a state: of parts, of their message, of its batch.

Every move is checked against :data:`.states.TRANSITIONS` here and by a trigger in the schema, which
also writes the history. Message and batch states follow from the parts. The feed row and the audit
event belong to the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ..store.events import Event, EventClass, Scalar
from ..store.sql import load
from ..store.unit import UnitOfWork
from .errors import NotFoundError, TransitionError
from .states import (
    INCOMPLETE,
    LIVE,
    BatchState,
    MessageState,
    PartState,
    allowed,
    is_incomplete,
    message_state,
)

_SQL = load(__name__, "transitions.sql")
_BEGUN = frozenset({PartState.QUEUED, PartState.SUBMITTING})
_NO_DETAILS: Mapping[str, Scalar] = {}


@dataclass(frozen=True, slots=True)
class By:
    """Who moves something, and why in their words; the gateway itself when nobody says."""

    actor: str = "system"
    reason: str = ""
    kind: EventClass = "send"


SYSTEM = By()


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
    row = uow.execute(_SQL["message_of_part"], (part_id,)).fetchone()
    if row is None:
        raise NotFoundError("no such part")
    return _move(uow, row[0], {part_id}, None, to, cause, tp_mr, by, details)


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
    return _move(uow, message_id, None, frm, to, cause, tp_mr, by, details)


def _move(
    uow: UnitOfWork,
    message_id: int,
    only: Collection[int] | None,
    frm: Collection[PartState] | None,
    to: PartState,
    cause: str,
    tp_mr: int | None,
    by: By,
    details: Mapping[str, Scalar],
) -> MessageState:
    moving: list[int] = []
    seqs: list[int] = []
    after: list[PartState] = []
    for part_id, seq, value in uow.execute(_SQL["parts"], (message_id,)).fetchall():
        state = PartState(value)
        if (part_id in only) if only is not None else (state is not to and _in(state, frm)):
            if not allowed(state, to):
                raise TransitionError(f"a part may not move from {state} to {to}")
            moving.append(part_id)
            seqs.append(seq)
            state = to
        after.append(state)
    if not after:
        raise NotFoundError("no such message")
    if not moving:
        raise TransitionError(f"no part of the message may move to {to}")
    value, code = to.value, cause or None
    for part_id in moving:
        uow.execute(_SQL["set_part"], (value, code, tp_mr, uow.now, part_id))
    return _follow(uow, message_id, after, seqs, to, cause, tp_mr, by, details)


def _in(state: PartState, frm: Collection[PartState] | None) -> bool:
    return frm is None or state in frm


def _follow(
    uow: UnitOfWork,
    message_id: int,
    parts: Sequence[PartState],
    seqs: Sequence[int],
    to: PartState,
    cause: str,
    tp_mr: int | None,
    by: By,
    details: Mapping[str, Scalar],
) -> MessageState:
    """Bring message and batch in line with the parts, and tell feed and audit log."""
    row = uow.execute(_SQL["message"], (message_id,)).fetchone()
    ref, value, priority, batch_id, batch_ref, batch_state, old_cause = row
    before, now = MessageState(value), message_state(parts)
    # The message shows the cause of the move that gave it its state.
    shown = INCOMPLETE if is_incomplete(parts) else (cause or None) if now is to else old_cause
    uow.execute(_SQL["set_message"], (now.value, shown, uow.now, message_id))
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
        _follow_batch(uow, batch_id, batch_ref, batch_state, before, now)
    return now


def _follow_batch(
    uow: UnitOfWork,
    batch_id: int,
    ref: str,
    state: str,
    before: MessageState,
    now: MessageState,
) -> None:
    if (
        now in _BEGUN
        and state in {"scheduled", "done"}
        and uow.execute(_SQL["batch_sending"], (batch_id,)).rowcount
    ):
        uow.feed("batch", BatchState.SENDING.value, ref, {})
    if before in LIVE and now not in LIVE:
        settle_batch(uow, batch_id, ref)


def settle_batch(uow: UnitOfWork, batch_id: int, ref: str) -> bool:
    """Close a ``scheduled`` or ``sending`` batch when nothing of it is live; whether it did."""
    if uow.execute(_SQL["batch_is_live"], (batch_id,)).fetchone()[0]:
        return False
    if not uow.execute(_SQL["batch_done"], (uow.now, batch_id)).rowcount:
        return False
    uow.feed("batch", BatchState.DONE.value, ref, {})
    return True


def set_batch(
    uow: UnitOfWork, batch_id: int, to: BatchState, cause: str = "", *, by: By = SYSTEM
) -> None:
    """Put a batch into ``to`` as a verb on the whole batch decided; feed and audit event included.

    The moves of its messages are the verb's own affair (:func:`move_batch`).
    """
    row = uow.execute(_SQL["batch_state"], (batch_id,)).fetchone()
    if row is None:
        raise NotFoundError("no such batch")
    ref, before, priority, total = row
    uow.execute(_SQL["set_batch"], {"state": to.value, "now": uow.now, "id": batch_id})
    body: dict[str, Scalar] = {"from": before, "total": total, "priority": priority}
    if cause:
        body["cause"] = cause
    uow.feed("batch", to.value, ref, body)
    uow.record(
        Event(
            kind=by.kind,
            action=f"batch.{to.value}",
            actor=by.actor,
            object=ref,
            reason=by.reason,
            details=body,
        )
    )


def move_batch(
    uow: UnitOfWork,
    batch_id: int,
    to: PartState,
    frm: Collection[PartState],
    cause: str = "",
    *,
    by: By = SYSTEM,
) -> int:
    """Move all parts of a batch that are in ``frm``, in three statements; returns how many messages
    changed their state.

    One audit event and one feed row (``batch/<its state>`` with ``moved`` and ``to``) speak for all
    of them; the history has a row for each part. Raises :class:`TransitionError`.
    """
    for state in frm:
        if not allowed(state, to):
            raise TransitionError(f"a part may not move from {state} to {to}")
    given = {"to": to.value, "cause": cause or None, "now": uow.now, "batch": batch_id}
    given["from"] = json.dumps([state.value for state in frm])
    parts = uow.execute(_SQL["bulk_parts"], given).rowcount
    if not parts:
        return 0
    moved = uow.execute(_SQL["bulk_messages"], given).rowcount
    ref, state, priority, _ = uow.execute(_SQL["batch_state"], (batch_id,)).fetchone()
    body: dict[str, Scalar] = {"to": to.value, "moved": moved, "parts": parts}
    if cause:
        body["cause"] = cause
    uow.feed("batch", state, ref, {**body, "priority": priority})
    uow.record(
        Event(
            kind=by.kind,
            action=f"batch.messages_{to.value}",
            actor=by.actor,
            object=ref,
            reason=by.reason,
            details=body,
        )
    )
    if state in {"scheduled", "done"} and to in _BEGUN:
        uow.execute(_SQL["batch_sending"], (batch_id,))
    if to not in LIVE:
        settle_batch(uow, batch_id, ref)
    return moved
