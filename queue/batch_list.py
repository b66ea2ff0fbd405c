"""The list of batches: what a console shows first, and where an approver finds what waits."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from ..store.sql import load
from .drafts import BatchKind
from .priorities import Priority, PriorityName, Purpose
from .views import Page

_SQL = load(__name__, "batch_list.sql")
_NEWEST = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A batch as lists show it; times in microseconds since 1970 UTC."""

    id: str
    kind: BatchKind
    state: str
    purpose: Purpose
    priority: PriorityName
    total: int
    submitter: str
    submitter_person: str | None
    """Public id."""
    client_ref: str | None
    created_at: int
    released_at: int | None
    finished_at: int | None


def batches(
    connection: sqlite3.Connection,
    *,
    state: str | None = None,
    limit: int = 100,
    after: int | None = None,
) -> Page[BatchRow]:
    """Batches, newest first. ``after`` is the :attr:`Page.next_key` of the page before."""
    found = connection.execute(
        _SQL["batches"],
        {"before": _NEWEST if after is None else after, "state": state, "limit": limit + 1},
    ).fetchall()
    rows = [
        BatchRow(
            id=public_id,
            kind=kind,
            state=its_state,
            purpose=purpose,
            priority=Priority(priority).label,
            total=total,
            submitter=submitter,
            submitter_person=person,
            client_ref=client_ref,
            created_at=created_at,
            released_at=released_at,
            finished_at=finished_at,
        )
        for (
            _, public_id, kind, its_state, purpose, priority, total, submitter, person,
            client_ref, created_at, released_at, finished_at,
        ) in found[:limit]
    ]  # fmt: skip
    return Page(rows, int(found[limit - 1][0]) if len(found) > limit else None)
