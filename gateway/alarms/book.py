"""Alarms on record: rows that follow the feed (store/migrations/0015), read and kept here."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...queue.priorities import Priority
from ...store.alarms import clear_alarm, raise_alarm
from ...store.clock import SECOND
from ...store.events import Event, Scalar
from ...store.sql import load
from ...store.unit import UnitOfWork
from .picture import Key
from .rules import Change

_SQL = load(__name__, "alarms.sql")
_KEPT = 183 * 86_400 * SECOND
"""How long an alarm that is over is listed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One alarm; times in microseconds since 1970 UTC."""

    id: int
    code: str
    ref: str
    body: dict[str, Any]
    raised_at: int
    cleared_at: int | None
    told_at: int | None
    over_at: int | None

    @property
    def over(self) -> bool:
        """Whether it stood, and stands no more."""
        return self.cleared_at is not None and self.cleared_at > self.raised_at


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, by class: since when the oldest; and since when the oldest doubt."""

    oldest: dict[str, int]
    doubt: int | None


def open_keys(connection: sqlite3.Connection) -> frozenset[Key]:
    """The alarms that stand."""
    return frozenset(connection.execute(_SQL["open"]).fetchall())


def recent(connection: sqlite3.Connection, limit: int) -> list[Row]:
    """The latest that are over."""
    return _rows(connection.execute(_SQL["recent"], (limit,)).fetchall())


def standing(connection: sqlite3.Connection) -> list[Row]:
    """Those that stand."""
    return _rows(connection.execute(_SQL["standing"]).fetchall())


def untold(connection: sqlite3.Connection, codes: Sequence[str], since: int) -> list[Row]:
    """Alarms of ``codes`` that duty phones have yet to hear of; of those over at once, since ``since``."""
    given = {"codes": json.dumps(list(codes)), "since": since}
    return _rows(connection.execute(_SQL["untold"], given).fetchall())


def told_since(connection: sqlite3.Connection, since: int) -> int:
    """How many notices went to duty phones since then."""
    return int(connection.execute(_SQL["told_since"], (since,)).fetchone()[0])


def waiting(connection: sqlite3.Connection) -> Waiting:
    """What the age of the queue is judged by."""
    rows = connection.execute(_SQL["waiting"]).fetchall()
    doubt = connection.execute(_SQL["doubt"]).fetchone()[0]
    return Waiting({Priority(level).label: at for level, at in rows}, doubt)


def write(uow: UnitOfWork, changes: Sequence[Change]) -> None:
    """Feed and record what changed; the rows follow. Doing it twice changes nothing more."""
    for change in changes:
        code, ref = change.key
        details: dict[str, Scalar] = dict(change.detail)
        tell, verb = (raise_alarm, "raised") if change.raised else (clear_alarm, "cleared")
        if tell(uow, code, ref, details):
            action = f"alarm.{verb}"
            uow.record(Event(kind="sys", action=action, object=ref, result=code, details=details))
    uow.execute(_SQL["forget"], (uow.now - _KEPT,))


def note_told(uow: UnitOfWork, alarms: Sequence[Row], notice: str) -> None:
    """The batch ``notice`` tells of ``alarms``."""
    uow.execute(_SQL["told"], (uow.now, notice, json.dumps([alarm.id for alarm in alarms])))


def failed_notices(connection: sqlite3.Connection, since: int) -> list[str]:
    """Notices since ``since`` that reached nobody, of alarms that stand: their batches."""
    return [ref for ref, reached in connection.execute(_SQL["notices"], (since,)) if not reached]


def tell_again(uow: UnitOfWork, since: int) -> None:
    """Forget that :func:`failed_notices` were told."""
    failed = failed_notices(uow.connection, since)
    uow.executemany(_SQL["untell"], [(ref,) for ref in failed])


def _rows(found: Sequence[tuple[Any, ...]]) -> list[Row]:
    return [
        Row(key, code, ref, json.loads(body), raised, cleared, told, over)
        for key, code, ref, body, raised, cleared, told, over in found
    ]
