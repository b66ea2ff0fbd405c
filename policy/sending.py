"""What one send becomes inside its unit: opt-outs, holds, and the batch for the queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ..queue.drafts import AcceptedBatch, NewBatch, NewHold, NewMessage
from ..queue.priorities import Priority
from ..store.clock import to_datetime
from ..store.events import Event, Scalar
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from .admission import needs_approval
from .answers import BatchAnswer, FilterAnswer, MessageAnswer, Rejection, SendAnswer
from .callers import Caller
from .drafts import Draft
from .optouts import opted_out
from .recipients import Recipients, nobody, rejection

MAX_CATEGORIES = 8


@dataclass(frozen=True, slots=True)
class Send:
    """A checked request, ready for its unit."""

    caller: Caller
    draft: Draft
    recipients: Recipients
    verdict: FilterAnswer
    above: int
    written: Sequence[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What goes to the queue, and whom it does not go to."""

    batch: NewBatch
    rejected: list[Rejection] = field(repr=False)


def prepare(uow: UnitOfWork, vault: Vault, send: Send) -> Prepared:
    """The batch with its holds. Raises ``no_valid_recipient``."""
    numbers, rejected = send.recipients.numbers, list(send.recipients.rejected)
    out = opted_out(uow, send.draft.purpose)
    subjects: list[int] | None = None
    # Finding subjects costs a keyed hash each; a large send needs none to know that it is large.
    if numbers and (out or len(numbers) <= send.above):
        subjects = vault.subjects(uow, numbers)
    if out and subjects is not None:
        kept = [i for i, subject in enumerate(subjects) if subject not in out]
        for i in sorted(set(range(len(numbers))).difference(kept)):
            place = send.recipients.places[i]
            rejected.append((place, rejection(send.written[place], "opted_out")))
        numbers, subjects = [numbers[i] for i in kept], [subjects[i] for i in kept]
    rejected.sort(key=lambda pair: pair[0])
    if not numbers:
        raise nobody(rejected)
    holds = _holds(uow, send, len(numbers), subjects)
    return Prepared(_batch(send, numbers, holds), [refused for _, refused in rejected])


def masked(checked: Draft, text: str, segments: Callable[[str], int]) -> Draft:
    """``checked`` with blotted-out words, which may take another alphabet."""
    if text == checked.text:
        return checked
    return replace(checked, text=text, segments=segments(text))


def tell(uow: UnitOfWork, send: Send, accepted: AcceptedBatch) -> None:
    """Audit and alarms that the queue's own event does not carry."""
    if send.draft.priority is Priority.EMERGENCY:
        uow.feed("alarm", "emergency", accepted.public_id, {"by": send.caller.actor})
        uow.record(
            Event(
                kind="send",
                action="emergency.sent",
                actor=send.caller.actor,
                object=accepted.public_id,
                details={"messages": len(accepted.messages)},
            )
        )
    if send.verdict.action != "allow":
        uow.feed("alarm", f"filter_{send.verdict.action}", accepted.public_id)
        uow.record(filter_event(send.caller, send.verdict, accepted.public_id))


def filter_event(caller: Caller, verdict: FilterAnswer, ref: str = "") -> Event:
    """What the filter found, without the words: they are part of the text."""
    return Event(
        kind="send",
        action=f"filter.{verdict.action}",
        actor=caller.actor,
        object=ref,
        result=verdict.action,
        details={
            "hits": len(verdict.hits),
            "categories": categories(verdict),
            "ruleset": verdict.ruleset,
        },
    )


def categories(verdict: FilterAnswer) -> str:
    """Categories of the hits, comma-separated."""
    return ",".join(sorted({hit.category for hit in verdict.hits})[:MAX_CATEGORIES])


def answer(send: Send, prepared: Prepared, accepted: AcceptedBatch) -> SendAnswer:
    """The answer in the shape of ``POST /api/v1/messages``."""
    state, parts = accepted.message_state.value, send.draft.segments
    held = accepted.state == "held"
    return SendAnswer(
        batch=BatchAnswer(
            id=accepted.public_id,
            state=accepted.state.value,
            counts={state: len(accepted.messages)},
            starts_at=None if held else to_datetime(accepted.starts_at),
        ),
        messages=[
            MessageAnswer(id=public_id, to=message.number, state=state, parts=parts)
            for public_id, message in zip(accepted.messages, prepared.batch.messages, strict=True)
        ],
        rejected=prepared.rejected,
    )


def _holds(
    uow: UnitOfWork, send: Send, count: int, subjects: Sequence[int] | None
) -> list[NewHold]:
    draft, holds = send.draft, list[NewHold]()
    if draft.priority is Priority.EMERGENCY:
        return holds
    if needs_approval(uow, send.caller, draft.priority, count, subjects, send.above):
        holds.append(NewHold(kind="approval", detail={"recipients": count, "above": send.above}))
    if send.verdict.action == "review":
        detail: dict[str, Scalar] = {
            "hits": len(send.verdict.hits),
            "categories": categories(send.verdict),
        }
        holds.append(NewHold(kind="review", detail=detail))
    return holds


def _batch(send: Send, numbers: Sequence[str], holds: Sequence[NewHold]) -> NewBatch:
    draft = send.draft
    return NewBatch(
        messages=[NewMessage(number=number) for number in numbers],
        text=draft.text,
        segments=draft.segments,
        purpose=draft.purpose,
        priority=draft.priority,
        submitter=send.caller.actor,
        submitter_person=send.caller.person_id,
        flash=draft.flash,
        recallable=draft.recallable,
        not_before=draft.not_before,
        valid_until=draft.valid_until,
        client_ref=draft.client_ref,
        ruleset=send.verdict.ruleset,
        holds=holds,
    )
