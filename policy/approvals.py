"""Decisions of persons about batches, made and checked again inside the unit that acts on them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import Literal

from ..queue.digest import batch_digest, recipients_root
from ..queue.drafts import BatchKind, NewBatch
from ..queue.hours import SendingHours
from ..queue.intake import TEXT_CONTEXT
from ..queue.priorities import Priority, Purpose
from ..store.clock import to_datetime
from ..store.events import Event
from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from .answers import BatchAnswer
from .callers import Caller
from .errors import PolicyError
from .key_rows import stored_key
from .leave import require_may_approve, unmet

_SQL = load(__name__, "approvals.sql")

DecisionKind = Literal["approve", "release", "return", "reject", "countersign"]
Refusal = Literal["return", "reject"]
# What a second person's leave closes. A hold made by hand is for whoever made it to lift.
_CLOSED_BY_LEAVE = ("approval", "review", "restore")


@dataclass(frozen=True, slots=True)
class Batch:
    """A row of ``batch`` as the desk needs it."""

    key: int
    id: str
    kind: BatchKind
    state: str
    purpose: Purpose
    priority: int
    text: str | None = field(repr=False)
    flash: int
    recallable: int
    not_before: int | None
    valid_until: int | None
    submitter: str
    submitter_person: int | None
    digest: bytes
    ruleset: str
    recall_id: int | None
    created_at: int
    decide_by: int | None
    """Leave that comes later is void; part of the digest."""

    def submitted_by(self, caller: Caller) -> bool:
        """Whether it is the caller's own: the same key, or a key of the same person."""
        if self.submitter_person is not None:
            return self.submitter_person == caller.person_id
        return self.submitter == caller.actor


def batch_of(connection: sqlite3.Connection, public_id: str) -> Batch:
    """Raises ``not_found``."""
    row = connection.execute(_SQL["batch"], (public_id,)).fetchone()
    if row is None:
        raise PolicyError("not_found", what="batch")
    return Batch(*row)


def require_person(uow: UnitOfWork, caller: Caller) -> tuple[int, int]:
    """Person and key of an approver as they stand *now*: both active, the scope there, not expired.

    The check at the door may be older than a revocation; this one is in the deciding transaction.
    """
    caller.require("approve")
    if caller.key_id is None or caller.person_id is None:
        raise PolicyError("not_a_person")
    stored = stored_key(uow.connection, caller.key_id)
    if stored is None or not stored.active:
        raise PolicyError("person_disabled")
    if stored.info.expires_at is not None and stored.info.expires_at <= uow.now:
        raise PolicyError("expired_key")
    stored.caller.require("approve")
    return caller.person_id, caller.key_id


def approve(
    uow: UnitOfWork, vault: Vault, caller: Caller, batch: Batch, digest: str | None, reason: str
) -> None:
    """Record leave of ``caller`` for ``batch`` and close the holds it answers, once as many persons
    gave theirs as the policy asks; releasing is the desk's next step in the same unit.

    Raises :class:`PolicyError`; nothing is decided then.
    """
    person, _ = require_person(uow, caller)
    require_state(batch, "held")
    if batch.submitter_person is not None and batch.submitter_person == person:
        raise PolicyError("own_send")
    if digest is not None and digest.strip().lower() != batch.digest.hex():
        raise PolicyError("digest_changed")
    _require_unchanged(uow, vault, batch)
    holds = {row[0] for row in uow.execute(_SQL["open_holds"], (batch.key,))}
    closed = [kind for kind in _CLOSED_BY_LEAVE if kind in holds]
    if not closed:
        raise PolicyError("approval_not_needed")
    if batch.decide_by is not None and uow.now >= batch.decide_by and closed != ["restore"]:
        raise PolicyError("approval_expired")
    if "approval" in closed or "review" in closed:
        require_may_approve(uow, caller, person, batch.key, batch.created_at)
    decide(uow, caller, batch, "approve", reason)
    if "approval" in closed and unmet(uow, batch.key):
        closed = [kind for kind in closed if kind == "review"]
    if "review" in closed:
        decide(uow, caller, batch, "release", reason)
    for kind in closed:
        uow.execute(_SQL["close_hold"], (uow.now, caller.actor, batch.key, kind))


def decide(uow: UnitOfWork, caller: Caller, batch: Batch, kind: DecisionKind, reason: str) -> None:
    """Write a decision and its audit event; the batch's move that follows is what is fed."""
    row = (batch.key, kind, caller.person_id, caller.key_id, batch.digest, reason or None, uow.now)
    uow.execute(_SQL["decide"], row)
    uow.record(
        Event(
            kind="approve",
            action=f"batch.{kind}",
            actor=caller.actor,
            object=batch.id,
            reason=reason,
            details={
                "digest": batch.digest.hex(),
                "person": caller.person,
                "submitter": batch.submitter,
            },
        )
    )


def require_state(batch: Batch, *states: str) -> None:
    """Raises ``wrong_state``."""
    if batch.state not in states:
        raise PolicyError("wrong_state", state=batch.state)


def still_held(uow: UnitOfWork, batch: Batch) -> bool:
    """Whether a hold is left that leave does not close."""
    return uow.execute(_SQL["open_holds"], (batch.key,)).fetchone() is not None


def shown(uow: UnitOfWork, batch: str, counts: dict[str, int], hours: SendingHours) -> BatchAnswer:
    """A batch as it stands after a verb."""
    now = batch_of(uow.connection, batch)
    starts_at = None
    if now.state in {"scheduled", "sending", "done"}:
        starts_at = max(uow.now, now.not_before or uow.now)
        if not Priority(now.priority).any_hour:
            starts_at = hours.next(now.purpose, starts_at)
    return BatchAnswer(
        id=now.id,
        state=now.state,
        counts=counts,
        starts_at=None if starts_at is None else to_datetime(starts_at),
    )


def _require_unchanged(uow: UnitOfWork, vault: Vault, batch: Batch) -> None:
    """The digest once more over the rows as they are: a file edited by other hands is not sent."""
    rows = uow.execute(_SQL["recipients"], (batch.key,)).fetchall()
    if batch.kind != "notice" or any(state == "shredded" for *_, state in rows):
        return  # an erased holder has no index value left; the triggers still hold the rows
    text = batch.text
    if text is None:  # each recipient has a sealed copy, and all of them say the same
        copies = {
            vault.open(uow.connection, subject, TEXT_CONTEXT, sealed)
            for subject, sealed, _ in rows
            if sealed is not None
        }
        text = copies.pop() if len(copies) == 1 else None
    same = NewBatch(
        messages=(),
        text=text,
        purpose=batch.purpose,
        priority=Priority(batch.priority),
        submitter=batch.submitter,
        kind=batch.kind,
        flash=bool(batch.flash),
        recallable=bool(batch.recallable),
        not_before=batch.not_before,
        valid_until=batch.valid_until,
        ruleset=batch.ruleset,
        decide_by=batch.decide_by,
    )
    if batch_digest(same, recipients_root(uow, [row[0] for row in rows])) != batch.digest:
        raise PolicyError("digest_changed")
