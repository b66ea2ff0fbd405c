"""Many messages of one part that make the same move at the same moment, each with its own rows.

The usual way of a message under load: the same as :func:`.transitions.move_part` for each of them,
at a third of its cost, since a statement is dearer than the row it changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..store.events import Event, Scalar
from ..store.sql import load
from ..store.unit import UnitOfWork
from .actor import SYSTEM, By
from .batch_state import follow_batch
from .errors import TransitionError
from .states import PartState, allowed

_SQL = load(__name__, "alike.sql")
_BEGIN = load(__name__, "transitions.sql")["begin_message"]
_BEGUN = PartState.SUBMITTING


class Alike(NamedTuple):
    """The only part of a message, the message, and its batch."""

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
    rows = [Alike._make(row) for row in uow.execute(_SQL["parts"], given)]
    if len(rows) < len(taken):
        raise TransitionError(f"not all parts are in {frm}, alone in their message")
    value, now = to.value, uow.now
    uow.executemany(_SQL["set_part"], [(value, taken[row.part], now, row.part) for row in rows])
    uow.execute(_SQL["set_messages"], (value, now, json.dumps([row.message for row in rows])))
    details: list[dict[str, Scalar]] = [
        {} if (tp_mr := taken[row.part]) is None else {"tp_mr": tp_mr} for row in rows
    ]
    _tell(uow, rows, details, frm, to, by)


def mark_begun(
    uow: UnitOfWork, message_id: int, concat_ref: int | None, replace_pid: int | None
) -> None:
    """One more try of a message of one part that was queued; :func:`begin_alike` writes the rest."""
    given = (_BEGUN.value, None, uow.now, concat_ref, replace_pid, message_id)
    uow.execute(_BEGIN, given)


def begin_alike(
    uow: UnitOfWork, begun: Sequence[Alike], details: Sequence[Mapping[str, Scalar]]
) -> None:
    """Move the parts of messages that were marked from ``queued`` to ``submitting``.

    ``details`` go into the audit event of each.
    """
    value, now = _BEGUN.value, uow.now
    uow.executemany(_SQL["set_part"], [(value, None, now, row.part) for row in begun])
    _tell(uow, begun, details, PartState.QUEUED, _BEGUN, SYSTEM)


def _tell(
    uow: UnitOfWork,
    rows: Sequence[Alike],
    details: Sequence[Mapping[str, Scalar]],
    frm: PartState,
    to: PartState,
    by: By,
) -> None:
    """What :mod:`.transitions` tells of a move without a cause, and their batches follow."""
    for row, more in zip(rows, details, strict=True):
        _tell_one(uow, row, more, frm, to, by)
    for row in {row.batch: row for row in rows}.values():
        follow_batch(uow, row.batch, row.batch_ref, row.batch_state, frm, to)


def _tell_one(
    uow: UnitOfWork,
    row: Alike,
    more: Mapping[str, Scalar],
    frm: PartState,
    to: PartState,
    by: By,
) -> None:
    uow.record(
        Event(
            kind=by.kind,
            action=f"message.{to.value}",
            actor=by.actor,
            object=row.ref,
            reason=by.reason,
            details={"part": str(row.seq), "batch": row.batch_ref, **more},
        )
    )
    told = {"batch": row.batch_ref, "from": frm.value, "cause": None, "priority": row.priority}
    uow.feed("message", to.value, row.ref, told)
