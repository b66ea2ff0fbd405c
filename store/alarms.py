"""Alarms that stand until they are over: told through the feed, which keeps their rows (0015_alarms)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from .events import Scalar
from .sql import load
from .unit import UnitOfWork

_SQL = load(__name__, "alarms.sql")


def stands(connection: sqlite3.Connection, code: str, ref: str) -> bool:
    """Whether the alarm ``code`` about ``ref`` stands."""
    return bool(connection.execute(_SQL["stands"], (code, ref)).fetchone()[0])


def raise_alarm(uow: UnitOfWork, code: str, ref: str, body: Mapping[str, Scalar]) -> bool:
    """Tell ``alarm/<code>`` with ``raised: true``, unless it stands already; whether it was told."""
    if stands(uow.connection, code, ref):
        return False
    uow.feed("alarm", code, ref, {"raised": True, **body})
    return True


def clear_alarm(uow: UnitOfWork, code: str, ref: str, body: Mapping[str, Scalar]) -> bool:
    """Tell that it is over, if it stands; whether it was told."""
    if not stands(uow.connection, code, ref):
        return False
    uow.feed("alarm", code, ref, {"raised": False, **body})
    return True
