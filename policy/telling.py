"""What is told of a send once it is accepted, or was stopped: answer, record, alarms."""

from __future__ import annotations

from ..queue.drafts import AcceptedBatch
from ..queue.priorities import Priority
from ..store.clock import to_datetime
from ..store.events import Event, Scalar
from ..store.unit import UnitOfWork
from . import admission, break_glass
from .answers import BatchAnswer, MessageAnswer, SendAnswer
from .danger import Danger
from .errors import PolicyError
from .sending import Prepared, Send
from .verdicts import filter_event


def tell(uow: UnitOfWork, send: Send, prepared: Prepared, accepted: AcceptedBatch) -> None:
    """What the batch needs, and audit and alarms that the queue's own event does not carry."""
    if send.draft.priority is Priority.EMERGENCY:
        hours = send.policy.emergency.countersign_hours
        break_glass.keep(uow, send.caller, accepted, send.draft.reason, hours)
    elif accepted.state == "held":
        admission.keep(uow, accepted.id, prepared.judged, prepared.batch.decide_by)
    if prepared.templates:
        names, saved = ", ".join(sorted(prepared.templates)), ", ".join(prepared.spared)
        admission.keep_template(uow, accepted.id, prepared.templates, prepared.spared)
        details: dict[str, Scalar] = {"template": names, "spared": saved}
        event = Event(
            kind="send",
            action="template.used",
            actor=send.caller.actor,
            object=accepted.public_id,
            details=details,
        )
        uow.record(event)
    if send.danger is not None:
        uow.record(_danger_event(send, send.danger, accepted.public_id))
    if send.verdict.action != "allow":
        uow.feed("alarm", f"filter_{send.verdict.action}", accepted.public_id)
        uow.record(filter_event(send.caller, send.verdict, accepted.public_id))


def _danger_event(send: Send, danger: Danger, batch: str) -> Event:
    """Somebody will be too late, and the send was accepted all the same."""
    details: dict[str, Scalar] = {
        "late": danger.late,
        "delayed": danger.delayed,
        "priority": send.draft.priority.label,
        "accept_late": send.draft.accept_late,
    }
    return Event(
        kind="send",
        action="deadline.overridden",
        actor=send.caller.actor,
        object=batch,
        details=details,
    )


def refusal_event(send: Send, refusal: PolicyError) -> Event:
    """A rule stopped a send."""
    return Event(
        kind="send",
        action="policy.stopped",
        actor=send.caller.actor,
        result=refusal.code,
        details={
            "rule": str(refusal.extra["rule"]),
            "purpose": send.draft.purpose,
            "priority": send.draft.priority.label,
            "recipients": len(send.recipients.numbers),
            "policy": send.policy.hash,
        },
    )


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
        warning=None if send.danger is None else send.danger.shown(),
    )
