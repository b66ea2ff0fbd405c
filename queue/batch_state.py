"""The state of a batch: what follows from its messages, and what a verb on the whole decides."""

from __future__ import annotations

from ..store.events import Event, Scalar
from ..store.sql import load
from ..store.unit import UnitOfWork
from .actor import SYSTEM, By
from .errors import NotFoundError
from .states import LIVE, BatchState, MessageState, PartState

_SQL = load(__name__, "batch_state.sql")
BEGUN = frozenset({PartState.QUEUED, PartState.SUBMITTING})
"""A message in one of these makes its batch ``sending``."""


def follow_batch(
    uow: UnitOfWork,
    batch_id: int,
    ref: str,
    state: str,
    before: MessageState,
    now: MessageState,
) -> None:
    """Bring a batch in line with one of its messages that came from ``before`` to ``now``."""
    if (
        now in BEGUN
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
