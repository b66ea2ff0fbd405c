"""What time alone moves: messages whose hour has come, and those whose validity has ended."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass

from ..store.clock import SECOND
from ..store.sql import load
from ..store.unit import UnitOfWork
from .bulk import move_messages
from .recall import Ladder
from .rounds import place
from .states import WAITING, PartState
from .transitions import move_message

_SQL = load(__name__, "due.sql")

LATE_REPORT = 3600 * SECOND
"""After its validity the SMSC gives a message up and says so: how long that report is waited for."""
DOUBT = 30 * SECOND
"""How long an emergency may be in doubt before it is sent again."""
SLICE = 500

_GONE = frozenset({PartState.IN_DOUBT, PartState.SUBMITTED})


@dataclass(frozen=True, slots=True)
class Chores:
    """What there is to do now."""

    due: bool
    expired: bool
    doubtful: bool
    """An emergency is in doubt for longer than :data:`DOUBT`."""
    queued: bool
    """Something is eligible: idle modems should look."""


def chores(connection: sqlite3.Connection, now: int) -> Chores:
    """Look whether there is anything to do at ``now``; reads only, by index."""
    given = {"now": now, "reported": now - LATE_REPORT, "doubt": now - DOUBT}
    row = connection.execute(_SQL["anything"], given).fetchone()
    return Chores(*map(bool, row))


def promote_due(uow: UnitOfWork, limit: int = SLICE) -> int:
    """Queue the scheduled messages whose hour has come, at most ``limit``; returns how many.

    Sending hours are asked again when a modem takes them.
    """
    batches: defaultdict[int, list[int]] = defaultdict(list)
    for batch_id, message_id in uow.execute(_SQL["due"], (uow.now, limit)):
        batches[batch_id].append(message_id)
    scheduled = frozenset({PartState.SCHEDULED})
    for batch_id, ids in batches.items():
        if len(ids) == 1:
            place(uow, batch_id, ids)
            move_message(uow, ids[0], PartState.QUEUED, frm=scheduled)
        else:
            move_messages(uow, batch_id, ids, PartState.QUEUED, scheduled)
    return sum(map(len, batches.values()))


def expire_due(uow: UnitOfWork, ladder: Ladder | None = None, limit: int = SLICE) -> int:
    """Expire what ran out of time, at most ``limit``; returns how many.

    What waits expires at its ``valid_until``; what the SMSC has, an hour later without a report.
    """
    given = {"now": uow.now, "reported": uow.now - LATE_REPORT, "limit": limit}
    rows = uow.execute(_SQL["expired"], given).fetchall()
    for message_id, state in rows:
        gone = state in {"in_doubt", "submitted"}
        cause = "no_report" if gone else "validity"
        frm = _GONE | WAITING if gone else WAITING
        move_message(uow, message_id, PartState.EXPIRED, cause, frm=frm)
        if ladder is not None:
            ladder.settled(uow, message_id)
    return len(rows)
