"""Many messages of one part that make the same move at the same moment, each with its own rows.

The usual way of a message under load: the same as :func:`.transitions.move_part` for each of them,
at a third of its cost, since a statement is dearer than the row it changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from ..store.events import Event, Scalar
from ..store.sql import load
from ..store.unit import UnitOfWork
from .actor import SYSTEM, By
from .batch_state import follow_batch
from .errors import TransitionError
from .states import PartState, allowed

_SQL = load(__name__, "alike.sql")


class _Row(NamedTuple):
    part: int
    seq: int
    message: int
    ref: str
    priority: int
    batch: int
    batch_ref: str
    batch_state: str


def move_alike(
    uow: UnitOfWork,
    taken: Mapping[int, int | None],
    frm: PartState,
    to: PartState,
    *,
    by: By = SYSTEM,
) -> None:
    """Move parts, each the only one of its message, from ``frm`` to ``to``, without a cause.

    ``taken``: the TP-MR by the part's row id; ``None``: as it is. Raises :class:`TransitionError`
    when one of them is not there, or not in ``frm``, or has siblings: nothing moves then.
    """
    if not allowed(frm, to):
        raise TransitionError(f"a part may not move from {frm} to {to}")
    given = (json.dumps(list(taken)), frm.value)
    rows = [_Row._make(row) for row in uow.execute(_SQL["parts"], given)]
    if len(rows) < len(taken):
        raise TransitionError(f"not all parts are in {frm}, alone in their message")
    value, now = to.value, uow.now
    uow.executemany(_SQL["set_part"], [(value, taken[row.part], now, row.part) for row in rows])
    uow.execute(_SQL["set_messages"], (value, now, json.dumps([row.message for row in rows])))
    batches: dict[int, _Row] = {}
    for row in rows:
        _tell(uow, row, taken[row.part], frm, to, by)
        batches[row.batch] = row
    for row in batches.values():
        follow_batch(uow, row.batch, row.batch_ref, row.batch_state, frm, to)


def _tell(
    uow: UnitOfWork, row: _Row, tp_mr: int | None, frm: PartState, to: PartState, by: By
) -> None:
    """What :mod:`.transitions` tells of a move without a cause."""
    details: dict[str, Scalar] = {"part": str(row.seq), "batch": row.batch_ref}
    if tp_mr is not None:
        details["tp_mr"] = tp_mr
    uow.record(
        Event(
            kind=by.kind,
            action=f"message.{to.value}",
            actor=by.actor,
            object=row.ref,
            reason=by.reason,
            details=details,
        )
    )
    told = {"batch": row.batch_ref, "from": frm.value, "cause": None, "priority": row.priority}
    uow.feed("message", to.value, row.ref, told)
