"""Reads of batches and recalls."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Sequence

from ..store.sql import load
from ..store.vault import Vault, VaultError
from .batches import counts as counts_of
from .estimate import Capacity, for_batch
from .hours import SendingHours
from .message_queries import number_of, own_text
from .priorities import Priority
from .recall_items import CORRECTION_CONTEXT
from .recall_views import RecallItemView, RecallView, StepView
from .states import LIVE
from .views import BatchView, DecisionView, HoldView, Page

_SQL = load(__name__, "queries.sql")
SAMPLE = 5
"""Recipients that an approver is shown."""
_LIVE = frozenset(state.value for state in LIVE)


def batch(
    connection: sqlite3.Connection,
    vault: Vault,
    public_id: str,
    now: int,
    sims: Sequence[Capacity],
    hours: SendingHours,
) -> BatchView | None:
    """One batch with counts, progress, estimate, holds and decisions; ``None`` = no such."""
    row = connection.execute(_SQL["batch"], (public_id,)).fetchone()
    if row is None:
        return None
    batch_id, text = row[0], row[6]
    if text is None:
        own = connection.execute(_SQL["own_text"], (batch_id,)).fetchone()
        text = None if own is None else own_text(connection, vault, *own)
    counts = counts_of(connection, public_id)
    forecast = for_batch(connection, public_id, now, sims, hours)
    sample = connection.execute(_SQL["sample"], (batch_id, SAMPLE)).fetchall()
    numbers = [number_of(connection, vault, subject) for (subject,) in sample]
    return BatchView(
        id=row[1],
        kind=row[2],
        state=row[3],
        purpose=row[4],
        priority=Priority(row[5]).label,
        text=text,
        flash=bool(row[7]),
        recallable=bool(row[8]),
        segments=row[9],
        total=row[10],
        counts=counts,
        progress=progress(counts),
        eta_seconds=None if forecast is None else forecast.seconds(now),
        done_by=None if forecast is None else forecast.done_at,
        eta_unknown="" if forecast is None else forecast.unknown,
        not_before=row[11],
        valid_until=row[12],
        submitter=row[13],
        submitter_person=row[14],
        client_ref=row[15],
        digest=row[16].hex(),
        ruleset=row[17],
        recall=row[18],
        sample=[number for number in numbers if number is not None],
        holds=[
            HoldView(
                kind=kind,
                detail=json.loads(detail),
                opened_at=opened,
                closed_at=closed,
                closed_by=by,
            )
            for kind, detail, opened, closed, by in connection.execute(_SQL["holds"], (batch_id,))
        ],
        decisions=[
            DecisionView(kind=kind, person=person, name=name, reason=reason, at=at)
            for kind, person, name, reason, at in connection.execute(_SQL["decisions"], (batch_id,))
        ],
        created_at=row[19],
        released_at=row[20],
        finished_at=row[21],
    )


def progress(counts: dict[str, int]) -> float:
    """The share of messages that need no more sending; 1 when there are none."""
    total = sum(counts.values())
    live = sum(n for state, n in counts.items() if state in _LIVE)
    return 1.0 if not total else (total - live) / total


def recall(
    connection: sqlite3.Connection,
    vault: Vault,
    public_id: str,
    *,
    limit: int = 100,
    after: int | None = None,
) -> RecallView | None:
    """One recall with a page of its recipients, each with every step and its evidence."""
    row = connection.execute(_SQL["recall"], (public_id,)).fetchone()
    if row is None:
        return None
    recall_id, batch_id, single = row[0], row[12], row[3]
    asked = (recall_id, after or 0, limit + 1)
    rows = connection.execute(_SQL["recall_items"], asked).fetchall()
    items = [
        RecallItemView(
            message=message,
            number=number_of(connection, vault, subject),
            outcome=outcome,
            message_state=state,
            steps=_steps(connection, item_id),
            updated_at=updated,
        )
        for item_id, message, subject, outcome, state, updated in rows[:limit]
    ]
    outside = connection.execute(_SQL["not_reached"], (batch_id, recall_id)).fetchone()[0]
    return RecallView(
        id=row[1],
        batch=row[2],
        message=single,
        state=row[4],
        reason=row[5],
        correction=row[6] or _sealed_correction(connection, vault, recall_id),
        actor=row[7],
        approved_by=row[8],
        counts=dict(connection.execute(_SQL["recall_counts"], (recall_id,)).fetchall()),
        not_reached=0 if single is not None else outside,
        items=Page(items, rows[limit - 1][0] if len(rows) > limit else None),
        created_at=row[9],
        decided_at=row[10],
        finished_at=row[11],
    )


def _sealed_correction(connection: sqlite3.Connection, vault: Vault, recall_id: int) -> str | None:
    row = connection.execute(_SQL["recall_correction"], (recall_id,)).fetchone()
    if row is None:
        return None
    with contextlib.suppress(VaultError):  # whose copy it is may have been erased
        return vault.open(connection, row[0], CORRECTION_CONTEXT, row[1])
    return None


def _steps(connection: sqlite3.Connection, item_id: int) -> list[StepView]:
    return [
        StepView(
            step=step,
            outcome=outcome,
            evidence=json.loads(found),
            message=message,
            at=at,
            ended_at=ended,
        )
        for step, outcome, found, message, at, ended in connection.execute(
            _SQL["recall_steps"], (item_id,)
        )
    ]
