"""Moving many messages at once, in a handful of statements: release, cancel, pause, their hour."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from ..store.events import Event, Scalar
from ..store.sql import load
from ..store.unit import UnitOfWork
from .actor import SYSTEM, By
from .batch_state import BEGUN, follow_batch, settle_batch
from .errors import NotFoundError, TransitionError
from .rounds import place
from .states import LIVE, PartState, allowed

_SQL = load(__name__, "bulk.sql")


def move_batch(
    uow: UnitOfWork,
    batch_id: int,
    to: PartState,
    frm: Collection[PartState],
    cause: str = "",
    *,
    by: By = SYSTEM,
) -> int:
    """Move all parts of a batch that are in ``frm``; returns how many messages changed their state.

    One audit event and one feed row (``batch/<its state>`` with ``moved`` and ``to``) speak for all
    of them; the history has a row for each part. Raises :class:`TransitionError`.
    """
    ids = [row[0] for row in uow.execute(_SQL["open_messages"], (batch_id,))]
    return move_messages(uow, batch_id, ids, to, frm, cause, by=by) if ids else 0


def move_messages(
    uow: UnitOfWork,
    batch_id: int,
    message_ids: Sequence[int],
    to: PartState,
    frm: Collection[PartState],
    cause: str = "",
    *,
    by: By = SYSTEM,
) -> int:
    """:func:`move_batch` for some messages of one batch."""
    for state in frm:
        if not allowed(state, to):
            raise TransitionError(f"a part may not move from {state} to {to}")
    given = {
        "to": to.value,
        "cause": cause or None,
        "now": uow.now,
        "ids": json.dumps(message_ids),
        "from": json.dumps([state.value for state in frm]),
    }
    parts = uow.execute(_SQL["bulk_parts"], given).rowcount
    if not parts:
        return 0
    if to is PartState.QUEUED:
        place(uow, batch_id, message_ids)
    moved = uow.execute(_SQL["bulk_messages"], given).rowcount
    _tell(uow, batch_id, to, moved, parts, cause, by)
    return moved


def _tell(
    uow: UnitOfWork, batch_id: int, to: PartState, moved: int, parts: int, cause: str, by: By
) -> None:
    row = uow.execute(_SQL["batch"], (batch_id,)).fetchone()
    if row is None:
        raise NotFoundError("no such batch")
    ref, state, priority = row
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
    if to in BEGUN and moved:  # else they belong to messages that stay what they are: recalled
        follow_batch(uow, batch_id, ref, state, to, to)
    elif to not in LIVE:
        settle_batch(uow, batch_id, ref)
