"""All that concerns one recipient: stop what waits, when they were last in touch, forget."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from ..store.sql import load
from ..store.unit import UnitOfWork
from .actor import By
from .priorities import Purpose
from .states import WAITING, PartState
from .transitions import move_message

_SQL = load(__name__, "subjects.sql")


def waiting(
    connection: sqlite3.Connection,
    subject: int,
    purposes: Sequence[Purpose] | None = None,
    *,
    emergencies: bool = True,
) -> list[int]:
    """Messages for ``subject`` that are not begun, oldest first (``message.id``)."""
    wanted = None if purposes is None else json.dumps(list(purposes))
    return [row[0] for row in connection.execute(_SQL["waiting"], (subject, emergencies, wanted))]


def stop_waiting(
    uow: UnitOfWork,
    subject: int,
    cause: str,
    by: By,
    purposes: Sequence[Purpose] | None = None,
    *,
    emergencies: bool = False,
) -> int:
    """Cancel what waits for ``subject``, of ``purposes`` alone when given; how many messages.

    Emergencies go on unless ``emergencies``: they protect life, whatever was asked before.
    """
    found = waiting(uow.connection, subject, purposes, emergencies=emergencies)
    for message in found:
        move_message(uow, message, PartState.CANCELLED, cause, frm=WAITING, by=by)
    return len(found)


def last_contact(connection: sqlite3.Connection, subject: int) -> int | None:
    """When anything was last handed over for, or received from ``subject`` (microseconds)."""
    found: int | None = connection.execute(_SQL["last_contact"], (subject,)).fetchone()[0]
    return found


def unfinished(connection: sqlite3.Connection, subject: int) -> bool:
    """Whether something for ``subject`` still waits, or is on the air with an open outcome."""
    return bool(connection.execute(_SQL["on_air"], (subject,)).fetchone()[0])


def forget(uow: UnitOfWork, subject: int) -> None:
    """Delete what was received from ``subject`` and the slots of its SIM ledger."""
    for name in ("forget_parts", "forget_inbox", "forget_slots"):
        uow.execute(_SQL[name], (subject,))
