"""Reads of the inbox, and of what is known about a number."""

from __future__ import annotations

import sqlite3
from typing import Any

from ..store.sql import load
from ..store.vault import Vault
from .inbox import TEXT_CONTEXT
from .message_queries import number_of, own_text
from .tp_status import tp_cause
from .views import InboxView, NumberView, Page

_SQL = load(__name__, "queries.sql")
_LAST = (1 << 63) - 1
_VACANT = frozenset({0x40, 0x41, 0x43})
"""TP-ST that speak against the number itself: unknown, no SMS there, not obtainable."""


def inbox(
    connection: sqlite3.Connection, vault: Vault, *, limit: int = 100, after: int | None = None
) -> Page[InboxView]:
    """Received messages, newest first."""
    asked = (_LAST if after is None else after, limit + 1)
    rows = connection.execute(_SQL["inbox"], asked).fetchall()
    items = [_received(connection, vault, row) for row in rows[:limit]]
    return Page(items, rows[limit - 1][0] if len(rows) > limit else None)


def received(connection: sqlite3.Connection, vault: Vault, public_id: str) -> InboxView | None:
    """One received message, for whoever follows the feed's ``inbox/received``."""
    row = connection.execute(_SQL["received"], (public_id,)).fetchone()
    return None if row is None else _received(connection, vault, row)


def number(connection: sqlite3.Connection, vault: Vault, e164: str) -> NumberView | None:
    """What is known about a number; ``None`` when nothing was ever sent to it.

    ``valid``: something was delivered, and nothing since speaks against it. ``suspected``: the
    newest final report says that there is no such subscriber. Anything else is ``unknown``.
    """
    subject = vault.find(connection, e164)
    if subject is None:
        return None
    counts = dict(connection.execute(_SQL["number_states"], (subject,)).fetchall())
    if not counts:
        return None
    reports = connection.execute(_SQL["number_reports"], (subject,)).fetchall()
    last = reports[-1] if reports else (None, 0, None)
    delivered_at = connection.execute(_SQL["last_delivered"], (subject,)).fetchone()[0]
    suspected = last[0] in _VACANT
    return NumberView(
        number=e164,
        health="suspected" if suspected else "unknown" if delivered_at is None else "valid",
        counts=counts,
        last_tp_st=last[0],
        last_report_at=last[2],
        last_delivered_at=delivered_at,
        evidence={tp_cause(tp_st): n for tp_st, n, _ in reports},
    )


def _received(connection: sqlite3.Connection, vault: Vault, row: tuple[Any, ...]) -> InboxView:
    _, ref, subject, sealed, modem, segments, complete, smsc_at, received_at = row
    return InboxView(
        id=ref,
        sender=number_of(connection, vault, subject),
        text=own_text(connection, vault, subject, sealed, TEXT_CONTEXT),
        modem=modem,
        segments=segments,
        complete=bool(complete),
        smsc_at=smsc_at,
        received_at=received_at,
    )
