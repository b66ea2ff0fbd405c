"""Recalls at the desk: when a second person is needed, and what that person decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..queue.errors import NotFoundError, RecallError
from ..queue.priorities import Priority
from ..queue.recall import Ladder
from ..queue.recall_opening import RecallRequest
from ..store.events import Event
from ..store.sql import load
from ..store.unit import UnitOfWork
from .admission import needs_approval
from .approvals import require_person
from .callers import Caller
from .errors import PolicyError
from .leave import require_approver_before, require_one_role

_SQL = load(__name__, "recalls.sql")


def start(
    uow: UnitOfWork,
    ladder: Ladder,
    caller: Caller,
    request: RecallRequest,
    above: int,
    *,
    reviewed: bool,
) -> str:
    """Begin a recall; returns its public id. Raises ``not_found``, ``already_recalled`` or
    ``nothing_to_recall``."""
    what = "message" if request.message is not None else "batch"
    try:
        second = _needs_second(uow, ladder, caller, request, above, reviewed=reviewed)
        return ladder.start(uow, replace(request, needs_second=second)).public_id
    except NotFoundError:
        raise PolicyError("not_found", what=what) from None
    except RecallError as error:
        if error.code in {"already_running", "already_recalled"}:
            raise PolicyError("already_recalled", recall=error.recall) from None
        raise PolicyError("nothing_to_recall", why=error.code.replace("_", " ")) from None


def decide(
    uow: UnitOfWork,
    ladder: Ladder,
    caller: Caller,
    recall: str,
    *,
    approve: bool,
    reason: str,
) -> None:
    """Let a waiting recall send, or not. Raises ``not_found``, ``own_recall``, ``wrong_state``,
    ``approver_too_new`` or ``roles_conflict``."""
    person, _ = require_person(uow, caller)
    require_one_role(uow, person)
    row: Sequence[Any] | None = uow.execute(_SQL["recall"], (recall,)).fetchone()
    if row is None:
        raise PolicyError("not_found", what="recall")
    state, asked_by, asked_at = row
    if state != "waiting":
        raise PolicyError("wrong_state", state=state)
    if asked_by is not None and asked_by == person:
        raise PolicyError("own_recall")
    require_approver_before(uow, person, asked_at)
    uow.record(
        Event(
            kind="approve",
            action="recall.approve" if approve else "recall.reject",
            actor=caller.actor,
            object=recall,
            reason=reason,
            details={"person": caller.person},
        )
    )
    if approve:
        ladder.approve_steps(uow, recall, actor=caller.actor, person=person)
    else:
        ladder.reject_steps(uow, recall, actor=caller.actor, person=person, reason=reason)


def _needs_second(
    uow: UnitOfWork,
    ladder: Ladder,
    caller: Caller,
    request: RecallRequest,
    above: int,
    *,
    reviewed: bool,
) -> bool:
    """Stopping never waits. A whole batch does; so does a single message once its correction would
    reach more people than the caller may reach alone, or holds words for review."""
    if not ladder.on_air(uow, batch=request.batch, message=request.message):
        return False
    if request.batch is not None or reviewed:
        return True
    row = uow.execute(_SQL["message"], (request.message,)).fetchone()
    subjects = {row[0]} if row else set[int]()
    return needs_approval(uow, caller, Priority.NORMAL, 1, subjects, above)
