"""A person's number changes (PIPL art. 46): what waits for the old one goes to the new one.

What was accepted is immutable, its recipient too, so nothing is rewritten: a waiting message to the
old number is cancelled (cause ``corrected``) and its text is accepted again, for the new number alone,
in a batch of its own with the same purpose, times, submitter and open holds. An approval that was given
binds to its exact recipients and is not carried over: what was held is held again. What is on the air or
was sent stays where it is; the old number's ledger is kept as long as any.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from ..queue.actor import By
from ..queue.batches import pause
from ..queue.drafts import AcceptedBatch, NewBatch, NewHold, NewMessage
from ..queue.intake import TEXT_CONTEXT
from ..queue.priorities import Priority
from ..queue.states import WAITING, PartState
from ..queue.subjects import waiting
from ..queue.transitions import move_message
from ..store.events import Event, Personal
from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from .callers import Caller
from .errors import PolicyError

_SQL = load(__name__, "corrections.sql")
CORRECTED = "corrected"
"""Cause of what was cancelled because its recipient has another number now."""

Accept = Callable[[NewBatch], AcceptedBatch]
Also = Callable[[UnitOfWork, int, int], None]
"""What other rooms bring along in the same unit: (old subject, new subject)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What a correction did: public ids of the new batches, and how many messages only ended."""

    batches: tuple[str, ...]
    cancelled: int
    """Waiting messages that were cancelled, those that were accepted again included."""


def correct(
    uow: UnitOfWork,
    vault: Vault,
    caller: Caller,
    before: str,
    after: str,
    reason: str,
    accept: Accept,
    also: Also,
) -> Corrected:
    """Move what waits for ``before`` to ``after`` (E.164). Raises ``not_found``, ``restricted``,
    ``duplicate`` when both are the same."""
    old = vault.find(uow.connection, before)
    if old is None:
        raise PolicyError("not_found", what="number")
    if before == after:
        raise PolicyError("duplicate")
    new = vault.subject(uow, after)
    for subject in (old, new):
        if uow.execute(_SQL["state"], (subject,)).fetchone()[0] == "restricted":
            raise PolicyError("restricted")
    uow.execute(_SQL["copy_opt_outs"], (new, old))
    also(uow, old, new)
    by, made = By(caller.actor, reason, "rights"), list[str]()
    found = waiting(uow.connection, old)
    for message in found:
        again = _again(uow, vault, message, old, new, after)
        move_message(uow, message, PartState.CANCELLED, CORRECTED, frm=WAITING, by=by)
        if again is None:
            continue
        batch, paused, before_it = again
        accepted = accept(batch)
        made.append(accepted.public_id)
        if batch.holds:  # what was asked of the first batch is asked of this one, by the same time
            for copied in ("copy_needs", "copy_term"):
                uow.execute(_SQL[copied], (accepted.id, before_it))
        if paused and not batch.holds:
            pause(uow, made[-1], caller.actor, reason)
    uow.record(
        Event(
            kind="rights",
            action="number.corrected",
            actor=caller.actor,
            reason=reason,
            details={"cancelled": len(found), "accepted": len(made), "batches": ",".join(made)},
            personal={"before": Personal(old, before), "after": Personal(new, after)},
        )
    )
    return Corrected(batches=tuple(made), cancelled=len(found))


def _again(
    uow: UnitOfWork, vault: Vault, message: int, old: int, new: int, number: str
) -> tuple[NewBatch, bool, int] | None:
    """The message for the new number, whether it was paused, and its old batch; ``None`` when that number has it already, or it is a step of
    a recall, which concerns what the old number got."""
    row = uow.execute(_SQL["message"], (message,)).fetchone()
    kind, sealed, segments, batch, _, text, purpose, priority, flash, recallable = row[:10]
    not_before, valid_until, submitter, person, client_ref, ruleset = row[10:]
    if kind != "notice" or uow.execute(_SQL["reached"], (batch, new)).fetchone()[0]:
        return None
    if sealed is not None:
        text = vault.open(uow.connection, old, TEXT_CONTEXT, sealed)
    open_holds = uow.execute(_SQL["holds"], (batch,)).fetchall()
    holds = [
        NewHold(kind=hold, detail=json.loads(detail))
        for hold, detail in open_holds
        if hold != "manual"
    ]
    paused = len(holds) < len(open_holds)
    term = uow.execute(_SQL["term"], (batch,)).fetchone() if holds else None
    again = NewBatch(
        messages=[NewMessage(number=number)],
        text=text,
        segments=segments,
        purpose=purpose,
        priority=Priority(priority),
        submitter=submitter,
        submitter_person=person,
        flash=bool(flash),
        recallable=bool(recallable),
        not_before=not_before if not_before > uow.now else None,
        valid_until=valid_until,
        client_ref=client_ref,
        ruleset=ruleset,
        decide_by=None if term is None else term[0],
        holds=holds,
    )
    return again, paused, batch
