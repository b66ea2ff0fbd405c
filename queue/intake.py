"""The door into the queue: a batch with its messages and parts, in one unit.

Only ``policy.desk`` (and the queue's own recall) may call :func:`accept`; a test holds it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..store.events import Event, Scalar
from ..store.ids import new_id
from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from .digest import batch_digest, recipients_root
from .drafts import AcceptedBatch, NewBatch
from .errors import IntakeError
from .hours import AlwaysOpen, SendingHours
from .priorities import LEGAL_BASIS, Priority
from .rounds import enter
from .routes import NO_ROUTES, Routes
from .states import BatchState, PartState

_SQL = load(__name__, "intake.sql")
_ALWAYS = AlwaysOpen()
_START = {
    PartState.HELD: BatchState.HELD,
    PartState.SCHEDULED: BatchState.SCHEDULED,
    PartState.QUEUED: BatchState.SENDING,
}
TEXT_CONTEXT = "message.text"
"""The vault's context of a message's own text."""


def accept(
    uow: UnitOfWork,
    vault: Vault,
    new: NewBatch,
    hours: SendingHours = _ALWAYS,
    routes: Routes = NO_ROUTES,
) -> AcceptedBatch:
    """Put ``new`` into the queue: held, scheduled or queued; one audit event, one feed row.

    Each message is given the SIM or the operators that it would rather go by.
    Raises :class:`IntakeError` for a batch the desk should never have built.
    """
    _check(new)
    subjects = new.subjects
    if subjects is None:
        subjects = vault.subjects(uow, [m.number for m in new.messages])
    starts_at = start_of(new, hours, uow.now)
    if new.holds:
        state = PartState.HELD
    else:
        state = PartState.SCHEDULED if starts_at > uow.now else PartState.QUEUED
    root = recipients_root(uow, subjects)
    digest = batch_digest(new, root)
    public_id = new_id("b")
    batch_id = _insert_batch(uow, new, public_id, _START[state], digest)
    ids, public_ids = _insert_messages(
        uow, vault, new, batch_id, subjects, state, starts_at, routes
    )
    uow.executemany(
        _SQL["insert_hold"],
        [(batch_id, h.kind, json.dumps(dict(h.detail)), uow.now) for h in new.holds],
    )
    _tell(uow, new, public_id, state, digest, root)
    return AcceptedBatch(
        id=batch_id,
        public_id=public_id,
        state=_START[state],
        message_state=state,
        starts_at=starts_at,
        digest=digest,
        message_ids=ids,
        messages=public_ids,
    )


def start_of(new: NewBatch, hours: SendingHours, now: int) -> int:
    """When the first message of ``new`` may go."""
    at = max(now, new.not_before or now)
    return at if new.priority.any_hour else hours.next(new.purpose, at)


def _check(new: NewBatch) -> None:
    if not new.messages:
        raise IntakeError("a batch needs a message")
    if new.priority == 0 and new.purpose != "emergency":
        raise IntakeError("the priority emergency needs the purpose emergency")
    if new.priority == 0 and new.holds:
        raise IntakeError("an emergency is never held")
    if new.text is None and any(m.text is None and m.kind != "command" for m in new.messages):
        raise IntakeError("a message without a text")
    if new.recallable and (new.segments > 1 or any(m.segments > 1 for m in new.messages)):
        raise IntakeError("only a single-part message is recallable")


def _shared_text(new: NewBatch) -> str | None:
    """The text kept once for the batch: not when it is for one recipient, whose own it then is,
    nor when it holds personal data."""
    return new.text if len(new.messages) > 1 and not new.personal else None


def _insert_batch(
    uow: UnitOfWork, new: NewBatch, public_id: str, state: BatchState, digest: bytes
) -> int:
    released = None if state is BatchState.HELD else uow.now
    segments = max(new.segments, *(m.segments for m in new.messages), 1)
    return uow.insert(
        _SQL["insert_batch"],
        (
            public_id,
            new.kind,
            state.value,
            new.purpose,
            int(new.priority),
            _shared_text(new),
            new.flash,
            new.recallable,
            new.not_before,
            new.valid_until,
            len(new.messages),
            segments,
            new.submitter,
            new.submitter_person,
            new.client_ref,
            digest,
            new.ruleset,
            new.recall_id,
            uow.now,
            released,
        ),
    )


def _insert_messages(
    uow: UnitOfWork,
    vault: Vault,
    new: NewBatch,
    batch_id: int,
    subjects: Sequence[int],
    state: PartState,
    starts_at: int,
    routes: Routes,
) -> tuple[list[int], list[str]]:
    # One writer: the next keys are known, so that messages and parts go in with executemany.
    first = uow.execute(_SQL["last_message"]).fetchone()[0] + 1
    shared, value, now, priority = _shared_text(new), state.value, uow.now, int(new.priority)
    # What is not eligible yet gets its round when it is.
    start = enter(uow, priority) if state is PartState.QUEUED else 0
    choosy = new.priority >= Priority.NORMAL
    messages: list[tuple[object, ...]] = []
    parts: list[tuple[int, int, str, int]] = []
    public_ids: list[str] = []
    for key, (message, subject) in enumerate(zip(new.messages, subjects, strict=True), first):
        text = message.text if message.text is not None else None if shared else new.text
        own = None
        if text is not None and message.kind != "command":
            own = vault.seal(uow.connection, subject, TEXT_CONTEXT, text)
        segments = 1 if message.kind == "command" else message.segments or new.segments
        public_ids.append(new_id("m"))
        pins = (message.imsi, message.replace_pid, message.target_attempt)
        head = (
            key,
            public_ids[-1],
            batch_id,
            message.kind,
            subject,
            own,
            value,
            priority,
            start + key - first,
        )
        wish = (choosy and message.imsi is None, routes.of(message.number) if choosy else None)
        messages.append((*head, starts_at, new.valid_until, segments, *pins, now, now, *wish))
        parts += [(key, seq, value, now) for seq in range(1, segments + 1)]
    uow.executemany(_SQL["insert_message"], messages)
    uow.executemany(_SQL["insert_part"], parts)
    return list(range(first, first + len(messages))), public_ids


def _tell(
    uow: UnitOfWork, new: NewBatch, ref: str, state: PartState, digest: bytes, root: bytes
) -> None:
    batch_state, total = _START[state].value, len(new.messages)
    details: dict[str, Scalar] = {
        "batch_kind": new.kind,
        "purpose": new.purpose,
        "basis": LEGAL_BASIS[new.purpose],
        "priority": new.priority.label,
        "state": batch_state,
        "messages": total,
        "segments": new.segments,
        "digest": digest.hex(),
        "recipients": root.hex(),
        "ruleset": new.ruleset,
        "holds": ",".join(h.kind for h in new.holds),
    }
    uow.record(
        Event(
            kind="recall" if new.kind == "recall" else "send",
            action="batch.accepted",
            actor=new.submitter,
            object=ref,
            result=batch_state,
            details=details,
        )
    )
    told = {"to": state.value, "moved": total, "priority": int(new.priority)}
    uow.feed("batch", batch_state, ref, {"counts": {state.value: total}, **told})
