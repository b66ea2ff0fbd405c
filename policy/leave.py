"""Whose leave a batch needs, whose it has, and how long it may still come."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from ..store.sql import load
from ..store.unit import UnitOfWork
from .callers import Caller
from .errors import PolicyError
from .roles import conflict
from .rules.judge import Need
from .rules.who import concerns
from .senders import approver_since, person_names, scopes_of

_SQL = load(__name__, "senders.sql")
_ANYONE = Need("approval_above", 1, (), 0)


def needs_of(connection: sqlite3.Connection, batch: int) -> list[Need]:
    """What was asked when ``batch`` (``batch.id``) was accepted; of old batches, one person."""
    rows = connection.execute(_SQL["needs"], (batch,)).fetchall()
    found = [Need(rule, count, tuple(json.loads(who)), 0) for rule, count, who in rows]
    return found or [_ANYONE]


def unmet(uow: UnitOfWork, batch: int) -> list[Need]:
    """Needs of ``batch`` that its decisions do not fill: by distinct persons, each of whom is an
    approver still, on the batch's own digest."""
    persons = [
        person_names(uow.connection, person, public_id, uow.now)
        for person, public_id in uow.execute(_SQL["approved"], (batch,)).fetchall()
    ]
    return [
        need for need in needs_of(uow.connection, batch) if _count(persons, need) < need.approvals
    ]


def require_may_approve(
    uow: UnitOfWork, caller: Caller, person: int, batch: int, created_at: int
) -> None:
    """Whether ``caller`` is one whom ``batch`` waits for. Raises ``roles_conflict``,
    ``approver_too_new``, ``already_approved`` or ``approver_not_asked``."""
    require_one_role(uow, person)
    require_approver_before(uow, person, created_at)
    waiting = unmet(uow, batch)
    if waiting and any(row[0] == person for row in uow.execute(_SQL["approved"], (batch,))):
        raise PolicyError("already_approved")
    mine = person_names(uow.connection, person, caller.person, uow.now)
    if waiting and not any(concerns(mine, need.approvers, ()) for need in waiting):
        asked = sorted({who for need in waiting for who in need.approvers})
        raise PolicyError("approver_not_asked", approvers=", ".join(asked), rule=waiting[0].rule)


def require_approver_before(uow: UnitOfWork, person: int, asked_at: int) -> None:
    """Raises ``approver_too_new``: nobody is made an approver for the occasion."""
    since = approver_since(uow.connection, person)
    if since is None or since > asked_at:
        raise PolicyError("approver_too_new")


def require_one_role(uow: UnitOfWork, person: int) -> None:
    """Raises ``roles_conflict``: keys from before the rule may hold what excludes each other."""
    pair = conflict(scopes_of(uow.connection, person, uow.now))
    if pair is not None:
        raise PolicyError("roles_conflict", first=pair[0], second=pair[1])


def _count(persons: Sequence[frozenset[str]], need: Need) -> int:
    return sum(bool(names) and concerns(names, need.approvers, ()) for names in persons)
