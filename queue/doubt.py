"""Parts in doubt, decided by a person or, for emergencies, by time.

Queueing again keeps the message and its earlier attempts: whichever of them a success report
speaks of, the part counts as delivered.
"""

from __future__ import annotations

from ..store.sql import load
from ..store.unit import UnitOfWork
from .errors import NotFoundError, StateConflictError
from .states import PartState
from .transitions import By, move_message

_SQL = load(__name__, "doubt.sql")

RESENDS = 3
"""How often an emergency in doubt is handed over again by itself; then a person decides."""

CLOSED_UNKNOWN = "closed_unknown"
REQUEUED = "requeued"
EMERGENCY_IN_DOUBT = "emergency_in_doubt"


def requeue(uow: UnitOfWork, message: str, actor: str, reason: str) -> None:
    """Send the parts in doubt of ``message`` (public id) again; the handset may get them twice.

    Raises :class:`NotFoundError`, and :class:`StateConflictError` when it is not in doubt or a
    recall stopped it.
    """
    message_id = _in_doubt(uow, message)
    if uow.execute(_SQL["recalled"], (message_id,)).fetchone()[0]:
        raise StateConflictError("a recall stopped this message")
    _again(uow, message_id, REQUEUED, By(actor, reason))


def close_unknown(uow: UnitOfWork, message: str, actor: str, reason: str) -> None:
    """Give up on ``message``: ``failed``, cause ``closed_unknown``. A late report may still
    prove that it arrived. Raises :class:`NotFoundError`, :class:`StateConflictError`."""
    message_id = _in_doubt(uow, message)
    # Parts that waited for the doubt to end make no sense without it.
    stopped = {PartState.IN_DOUBT, PartState.QUEUED}
    by = By(actor, reason)
    move_message(uow, message_id, PartState.FAILED, CLOSED_UNKNOWN, frm=stopped, by=by)


def emergencies_in_doubt(uow: UnitOfWork, older_than: int) -> list[int]:
    """Queue again the emergencies in doubt since before ``older_than`` (microseconds since 1970).

    Returns the messages' row ids. Each is handed over at most :data:`RESENDS` times more.
    """
    given = {"older_than": older_than, "now": uow.now, "most": RESENDS + 1}
    ids = [row[0] for row in uow.execute(_SQL["emergencies"], given).fetchall()]
    for message_id in ids:
        _again(uow, message_id, EMERGENCY_IN_DOUBT, By())
    return ids


def _in_doubt(uow: UnitOfWork, public_id: str) -> int:
    row = uow.execute(_SQL["message"], (public_id,)).fetchone()
    if row is None:
        raise NotFoundError("no such message")
    if row[1] != PartState.IN_DOUBT:
        raise StateConflictError(f"the message is {row[1]}")
    return int(row[0])


def _again(uow: UnitOfWork, message_id: int, cause: str, by: By) -> None:
    if not uow.execute(_SQL["pin"], (message_id,)).rowcount:
        # No part of it was accepted: another SIM may take it, perhaps the first one is what fails.
        uow.execute(_SQL["unpin"], (message_id,))
    move_message(uow, message_id, PartState.QUEUED, cause, frm={PartState.IN_DOUBT}, by=by)
