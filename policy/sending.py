"""What one send becomes inside its unit: opt-outs, holds, and the batch for the queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ..queue.drafts import NewBatch, NewHold, NewMessage
from ..queue.priorities import Priority
from ..store.events import Scalar
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from . import admission
from .answers import FilterAnswer, Rejection
from .callers import Caller
from .danger import Danger
from .drafts import Draft
from .optouts import opted_out, restricted
from .reach import HOUR, Reach
from .recipients import Recipients
from .rules import Case, InForce, Judgement, Template, Usage, judge, spared, words
from .senders import names_of
from .sifting import Sifted
from .verdicts import categories, personal, places


@dataclass(frozen=True, slots=True)
class Send:
    """A checked request, ready for its unit."""

    caller: Caller
    draft: Draft
    recipients: Recipients
    verdict: FilterAnswer
    policy: InForce
    written: Sequence[str] = field(repr=False)
    forms: Sequence[Template] = ()
    """Templates of the policy that the text is."""
    danger: Danger | None = None
    """Who would come too late."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What goes to the queue, and whom it does not go to."""

    batch: NewBatch
    rejected: list[Rejection] = field(repr=False)
    judged: Judgement
    templates: frozenset[str] = frozenset()
    spared: Sequence[str] = ()
    """Rules that asked nothing because the text is a template."""


def prepare(uow: UnitOfWork, vault: Vault, reach: Reach, send: Send) -> Prepared:
    """The batch with its holds. Raises ``no_valid_recipient``, ``policy_stopped``, ``policy_cap``
    or ``emergency_cap``."""
    out = opted_out(uow, send.draft.purpose)
    # Whoever asked to be forgotten gets nothing more, but a warning that protects life.
    gone = restricted(uow) if send.draft.priority is not Priority.EMERGENCY else frozenset[int]()
    subjects: list[int] | None = None
    # Finding subjects costs a keyed hash each; a large send needs none to know that it is large.
    if send.recipients.numbers and (out or gone or _subjects_matter(send)):
        subjects = vault.subjects(uow, send.recipients.numbers)
    sifted = Sifted(send.recipients, send.written, subjects)
    sifted.drop_restricted(gone)
    sifted.drop_opted_out(out)
    sifted.require_somebody()
    case, usage = _case(uow, reach, send, sifted)
    judged = _judged(uow, send, case, usage)
    if judged.residents and sifted.subjects is not None:
        sifted.drop_full(admission.full(uow, sifted.subjects, judged.residents))
        sifted.require_somebody()
    holds = _holds(send, judged, len(sifted.numbers))
    return Prepared(
        _batch(uow, send, sifted, holds), sifted.rejected, judged,
        case.templates, spared(send.policy.rules, case, usage),
    )  # fmt: skip


def require_in_time(send: Send, prepared: Prepared) -> None:
    """Raises ``deadline_busy``, ``deadline_unreachable`` or ``deadlines_endangered``."""
    if send.danger is not None:
        send.danger.require_none(send.draft, held=bool(prepared.batch.holds))


def _subjects_matter(send: Send) -> bool:
    count = len(send.recipients.numbers)
    return any(
        rule.per_resident is not None or (rule.approvals is not None and count <= rule.above)
        for rule in send.policy.rules
    )


def _case(uow: UnitOfWork, reach: Reach, send: Send, sifted: Sifted) -> tuple[Case, Usage]:
    """The send as the rules see it; whom a cap leaves out later counts still, so that no cap ever
    saves an approval."""
    draft, count = send.draft, len(sifted.numbers)
    case = Case(
        sender=names_of(uow, send.caller),
        purpose=draft.purpose,
        priority=draft.priority,
        recipients=count,
        templates=admission.templates_of(uow, send.forms, count),
    )
    return case, admission.SenderUsage(uow, send.caller, sifted.subjects, reach)


def _judged(uow: UnitOfWork, send: Send, case: Case, usage: Usage) -> Judgement:
    judged = judge(send.policy.rules, case, usage)
    admission.require_allowed(judged)
    if case.priority is Priority.EMERGENCY:
        limit = send.policy.emergency.max_recipients_per_hour
        admission.require_emergency_cap(uow, send.caller, case.recipients, limit)
    return judged


def masked(checked: Draft, text: str, segments: Callable[[str], int]) -> Draft:
    """``checked`` with blotted-out words, which may take another alphabet."""
    if text == checked.text:
        return checked
    return replace(checked, text=text, segments=segments(text))


def _holds(send: Send, judged: Judgement, count: int) -> list[NewHold]:
    draft, holds = send.draft, list[NewHold]()
    if draft.priority is Priority.EMERGENCY:
        return holds
    if judged.needs:
        needed: dict[str, Scalar] = {
            "recipients": count,
            "above": min(need.above for need in judged.needs),
            "needed": judged.approvals,
            "rule": ", ".join(need.rule for need in judged.needs),
            "why": "; ".join(words.held(need).en for need in judged.needs),
            "why_zh": "；".join(words.held(need).zh for need in judged.needs),
        }
        holds.append(NewHold(kind="approval", detail=needed))
    if send.verdict.action == "review":
        detail: dict[str, Scalar] = {
            "hits": len(send.verdict.hits),
            "categories": categories(send.verdict),
            "found": places(send.verdict),
        }
        holds.append(NewHold(kind="review", detail=detail))
    return holds


def _batch(uow: UnitOfWork, send: Send, sifted: Sifted, holds: Sequence[NewHold]) -> NewBatch:
    draft, expires = send.draft, send.policy.approval.expires_hours
    return NewBatch(
        messages=[NewMessage(number=number) for number in sifted.numbers],
        subjects=sifted.subjects,
        text=draft.text,
        personal=personal(send.verdict),
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
        ruleset=f"words:{send.verdict.ruleset} policy:{send.policy.hash}",
        decide_by=uow.now + expires * HOUR if holds and expires else None,
        holds=holds,
    )
