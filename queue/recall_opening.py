"""The beginning of a recall: what is asked for, and writing it down with everyone concerned."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..store.events import Event
from ..store.ids import new_id
from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from .actor import By
from .recall_items import CORRECTION_CONTEXT
from .recall_scope import Scope, Target

_SQL = load(__name__, "recall.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallRequest:
    """One message or a whole batch (public ids; exactly one of them)."""

    batch: str | None = None
    message: str | None = None
    reason: str = field(repr=False)
    correction: str | None = field(default=None, repr=False)
    personal: bool = False
    """Whether the correction holds personal data: it is sealed for each recipient then."""
    actor: str
    person: int | None = None
    """``person.id`` of the actor: another person must approve the steps that send."""
    needs_second: bool = False
    """Whether steps that send wait for :meth:`Ladder.approve_steps`. Stopping never waits."""


@dataclass(frozen=True, slots=True)
class StartedRecall:
    """A recall that began."""

    id: int
    public_id: str
    state: str
    """``waiting``, ``running``, or ``done`` already."""


def write_down(
    uow: UnitOfWork, vault: Vault, request: RecallRequest, target: Target, scope: Scope
) -> tuple[int, str, str]:
    """Rows of a recall and of everyone concerned; its id, public id and state."""
    ref = new_id("r")
    state = "waiting" if request.needs_second and scope.out else "running"
    shared = None if request.personal else request.correction or None
    texts = (request.reason, shared, request.actor, request.person)
    head = (ref, target.batch, target.message, state)
    recall_id = uow.insert(_SQL["insert"], (*head, *texts, uow.now))
    rows = [(recall_id, m, "cancelled", uow.now) for m in scope.waiting]
    rows += [(recall_id, m, "pending", uow.now) for m in scope.out]
    uow.executemany(_SQL["insert_item"], rows)
    uow.execute(_SQL["queue_steps"], (recall_id,))
    if request.personal and request.correction:
        _seal(uow, vault, recall_id, request.correction)
    by = By(request.actor, request.reason)
    tell(uow, ref, "started", by, {"queued": len(scope.waiting), "sent": len(scope.out)})
    return recall_id, ref, state


def _seal(uow: UnitOfWork, vault: Vault, recall_id: int, text: str) -> None:
    """Keep a correction that holds personal data under each recipient's key."""
    rows = uow.execute(_SQL["to_seal"], (recall_id,)).fetchall()
    uow.executemany(
        _SQL["seal"],
        [(vault.seal(uow.connection, s, CORRECTION_CONTEXT, text), item) for item, s in rows],
    )


def tell(
    uow: UnitOfWork, ref: str, what: str, by: By, details: dict[str, int] | None = None
) -> None:
    """Record a step in the life of a recall."""
    uow.record(
        Event(
            kind="recall",
            action=f"recall.{what}",
            actor=by.actor,
            object=ref,
            reason=by.reason,
            details=details or {},
        )
    )
