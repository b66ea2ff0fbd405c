"""Emergencies that one person sends alone: why, how many, and who looked at them afterwards."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from ..queue.drafts import AcceptedBatch
from ..store.alarms import clear_alarm, raise_alarm
from ..store.clock import SECOND
from ..store.events import Event
from ..store.sql import load
from ..store.unit import UnitOfWork
from .approvals import Batch, decide, require_person
from .callers import Caller
from .errors import PolicyError
from .leave import require_one_role

_SQL = load(__name__, "senders.sql")
_HOUR = 3_600 * SECOND
_EVER = 2**62
SLICE = 100


@dataclass(frozen=True, slots=True)
class Uncountersigned:
    """An emergency that no other person looked at yet; times in microseconds since 1970 UTC."""

    batch: str
    submitter: str
    reason: str | None = field(repr=False)
    recipients: int
    at: int
    due_at: int


def uncountersigned(
    connection: sqlite3.Connection, due_by: int = _EVER, limit: int = SLICE
) -> list[Uncountersigned]:
    """Emergencies without a countersign that is due by some time, the longest due first."""
    rows = connection.execute(_SQL["uncountersigned"], (due_by, limit)).fetchall()
    return [Uncountersigned(*row) for row in rows]


def overdue(uow: UnitOfWork) -> list[Uncountersigned]:
    """Emergencies whose countersign should have come by now."""
    return uncountersigned(uow.connection, uow.now)


_OVERDUE = "countersign_overdue"


def keep(uow: UnitOfWork, caller: Caller, accepted: AcceptedBatch, reason: str, hours: int) -> None:
    """Record an emergency, raise the alarm, and ask for a countersign within ``hours``."""
    count, due_at = len(accepted.messages), uow.now + hours * _HOUR
    uow.execute(_SQL["insert_break_glass"], (accepted.id, reason or None, count, uow.now, due_at))
    uow.feed("alarm", "emergency", accepted.public_id, {"by": caller.actor})
    uow.record(
        Event(
            kind="send",
            action="emergency.sent",
            actor=caller.actor,
            object=accepted.public_id,
            reason=reason,
            details={"messages": count, "countersign_by": due_at},
        )
    )


def countersign(
    uow: UnitOfWork, caller: Caller, batch: Batch, digest: str | None, reason: str
) -> None:
    """Another person has looked at an emergency. Raises ``countersign_not_needed``,
    ``own_emergency``, ``digest_changed``."""
    person, _ = require_person(uow, caller)
    require_one_role(uow, person)
    row = uow.execute(_SQL["break_glass"], (batch.key,)).fetchone()
    if row is None or row[0] is not None:
        raise PolicyError("countersign_not_needed")
    if batch.submitter_person == person:
        raise PolicyError("own_emergency")
    if digest is not None and digest.strip().lower() != batch.digest.hex():
        raise PolicyError("digest_changed")
    decide(uow, caller, batch, "countersign", reason)
    uow.execute(_SQL["sign"], (uow.now, batch.key))
    uow.feed("alarm", "countersigned", batch.id, {"by": caller.actor})
    clear_alarm(uow, _OVERDUE, batch.id, {})


def alarm_overdue(uow: UnitOfWork) -> int:
    """Raise the alarm, once each, for emergencies that nobody countersigned in time; how many."""
    rows = uow.execute(_SQL["overdue"], (uow.now, SLICE)).fetchall()
    for key, public_id, due_at in rows:
        uow.execute(_SQL["set_overdue"], (uow.now, key))
        raise_alarm(uow, _OVERDUE, public_id, {})
        uow.record(
            Event(
                kind="approve",
                action="emergency.countersign_overdue",
                object=public_id,
                result="overdue",
                details={"countersign_by": due_at},
            )
        )
    return len(rows)
