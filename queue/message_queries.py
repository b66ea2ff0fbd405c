"""Reads of messages: one with everything, or a page of them."""

from __future__ import annotations

import sqlite3
from typing import Any

from ..store.sql import load
from ..store.vault import SubjectShreddedError, Vault
from .intake import TEXT_CONTEXT
from .priorities import Priority
from .views import (
    AttemptView,
    HistoryRow,
    MessageRow,
    MessageView,
    Page,
    PartView,
    ReportView,
)

_SQL = load(__name__, "queries.sql")


def message(connection: sqlite3.Connection, vault: Vault, public_id: str) -> MessageView | None:
    """One message with parts, attempts, reports and history; ``None`` when there is none."""
    row = connection.execute(_SQL["message"], (public_id,)).fetchone()
    if row is None:
        return None
    text_sealed, shared, purpose, tries, not_before, valid_until = row[11:]
    return MessageView(
        **_row(connection, vault, row),
        text=own_text(connection, vault, row[4], text_sealed) or shared,
        purpose=purpose,
        tries=tries,
        not_before=not_before,
        valid_until=valid_until,
        parts=[_part(connection, *part) for part in connection.execute(_SQL["parts"], (row[0],))],
        history=[
            HistoryRow(seq=seq, from_state=frm, to_state=to, cause=cause, at=at)
            for seq, frm, to, cause, at in connection.execute(_SQL["history"], (row[0],))
        ],
    )


def messages(
    connection: sqlite3.Connection,
    vault: Vault,
    *,
    batch: str | None = None,
    state: str | None = None,
    since: int | None = None,
    limit: int = 100,
    after: int | None = None,
) -> Page[MessageRow]:
    """Messages in the order they were accepted. ``since``: created then or later, microseconds.

    ``after`` is the :attr:`Page.next_key` of the page before.
    """
    given = {"batch": batch, "state": state, "since": since, "after": after or 0}
    statement = _SQL["messages" if batch is None else "messages_of_batch"]
    if batch is None:
        del given["batch"]
    rows = connection.execute(statement, {**given, "limit": limit + 1}).fetchall()
    items = [MessageRow(**_row(connection, vault, row)) for row in rows[:limit]]
    return Page(items, rows[limit - 1][0] if len(rows) > limit else None)


def number_of(connection: sqlite3.Connection, vault: Vault, subject: int) -> str | None:
    """The number of ``subject``; ``None`` once its key was destroyed."""
    try:
        return vault.number(connection, subject)
    except SubjectShreddedError:
        return None


def own_text(
    connection: sqlite3.Connection,
    vault: Vault,
    subject: int,
    sealed: bytes | None,
    context: str = TEXT_CONTEXT,
) -> str | None:
    """A sealed text; ``None`` when there is none, or its holder's key was destroyed."""
    if sealed is None:
        return None
    try:
        return vault.open(connection, subject, context, sealed)
    except SubjectShreddedError:
        return None


def _row(connection: sqlite3.Connection, vault: Vault, row: tuple[Any, ...]) -> dict[str, Any]:
    _, ref, batch, kind, subject, state, cause, priority, segments, created, updated = row[:11]
    return {
        "id": ref,
        "batch": batch,
        "kind": kind,
        "number": number_of(connection, vault, subject),
        "state": state,
        "cause": cause,
        "priority": Priority(priority).label,
        "segments": segments,
        "created_at": created,
        "updated_at": updated,
    }


def _part(
    connection: sqlite3.Connection,
    part_id: int,
    seq: int,
    state: str,
    cause: str | None,
    tp_mr: int | None,
    updated_at: int,
) -> PartView:
    rows = connection.execute(_SQL["attempts"], (part_id,)).fetchall()
    return PartView(
        seq=seq,
        state=state,
        cause=cause,
        tp_mr=tp_mr,
        updated_at=updated_at,
        attempts=[_attempt(connection, row) for row in rows],
    )


def _attempt(connection: sqlite3.Connection, row: tuple[Any, ...]) -> AttemptView:
    attempt_id, modem, outcome, cause, tp_mr, intent_at, handed_at, answered_at, resend = row
    reports = connection.execute(_SQL["reports"], (attempt_id,)).fetchall()
    return AttemptView(
        modem=modem,
        outcome=outcome,
        cause=cause,
        tp_mr=tp_mr,
        intent_at=intent_at,
        handed_at=handed_at,
        answered_at=answered_at,
        resend=bool(resend),
        reports=[
            ReportView(tp_st=st, smsc_at=smsc_at, done_at=done_at, received_at=received)
            for st, smsc_at, done_at, received in reports
        ],
    )
