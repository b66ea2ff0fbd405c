"""Reads of the inbox, and of what is known about a number."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import Any

from ..store.sql import load
from ..store.vault import Vault
from .evidence.cms import cms, may_be_the_sim
from .evidence.cms import number_of as number_of_cause
from .evidence.rule import Observation, assess
from .evidence.tp_st import tp_st
from .inbox_parts import TEXT_CONTEXT
from .message_queries import number_of, own_text
from .tp_status import tp_cause
from .views import InboxView, NumberView, Page

_SQL = load(__name__, "queries.sql")
_LAST = (1 << 63) - 1


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
    """What is known about a number; ``None`` when nothing was ever sent to it."""
    subject = vault.find(connection, e164)
    if subject is None:
        return None
    counts = dict(connection.execute(_SQL["number_states"], (subject,)).fetchall())
    if not counts:
        return None
    reports = connection.execute(_SQL["number_reports"], (subject,)).fetchall()
    last = reports[-1] if reports else (None, 0, None)
    seen = observations(connection, subject)
    health = assess(seen)
    refused = Counter(f"cms:{o.code.code}" for o in seen[sum(n for _, n, _ in reports) :])
    return NumberView(
        number=e164,
        health=health.state,
        confidence=round(health.confidence, 4),
        score=health.score,
        counts=counts,
        last_tp_st=last[0],
        last_report_at=last[2],
        last_delivered_at=connection.execute(_SQL["last_delivered"], (subject,)).fetchone()[0],
        evidence={**{tp_cause(tp_st): n for tp_st, n, _ in reports}, **refused},
    )


def observations(connection: sqlite3.Connection, subject: int) -> list[Observation]:
    """Everything that was seen of a number: reports first, then refusals."""
    found = [
        Observation(at, imsi, tp_st(code))
        for at, imsi, code in connection.execute(_SQL["number_observed"], (subject,))
    ]
    for at, imsi, cause, vouched, others in connection.execute(_SQL["number_refusals"], (subject,)):
        code = number_of_cause(cause or "")
        if code is not None:
            discarded = bool(others) and may_be_the_sim(code)
            found.append(Observation(at, imsi, cms(code), bool(vouched), discarded))
    return found


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
