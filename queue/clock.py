"""Our time was moved: what was noted by it is moved along, so that reports still fit their attempts."""

from __future__ import annotations

import sqlite3

from ..store.sql import load
from ..store.unit import UnitOfWork

_SQL = load(__name__, "clock.sql")


def newest_attempt(connection: sqlite3.Connection) -> int:
    """The newest attempt's row id, 0 when there is none: where a stretch of time begins."""
    return int(connection.execute(_SQL["newest_attempt"]).fetchone()[0])


def moved(uow: UnitOfWork, by: int, since_attempt: int, since: int) -> None:
    """Our time went on by ``by`` microseconds at once; ``uow.now`` is after it.

    Attempts above ``since_attempt`` whose fate is open, doubts, and retries that were put off
    since the moment ``since`` (as it was called then) are moved along. What people asked for
    (``not_before``, ``valid_until``) stays: it was meant by the right time.
    """
    given = {"by": by, "attempt": since_attempt, "since": since}
    for name in ("attempts", "doubts", "retries"):
        uow.execute(_SQL[name], given)
