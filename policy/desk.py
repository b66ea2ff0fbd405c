"""The desk: the only door into the queue. Whoever wants to send, approve or recall asks here.

Every verb checks the caller first, does its slow work outside the store, and then changes
everything it changes in one unit: a crash leaves all of it or nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from ..queue import batches
from ..queue.actor import By
from ..queue.drafts import AcceptedBatch, NewBatch
from ..queue.hours import SendingHours
from ..queue.intake import accept
from ..queue.recall import Ladder
from ..queue.recall_opening import RecallRequest
from ..queue.release import release
from ..store.ballast import Ballast
from ..store.clock import Clock, system_clock
from ..store.errors import StoreClosedError, StoreFullError
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from . import approvals, break_glass, corrections, duty, recalls, sending
from .answers import BatchAnswer, FilterAnswer, SendAnswer
from .approvals import Batch, batch_of, require_state
from .callers import Caller
from .corrections import Also, Corrected
from .drafts import draft, purpose_of, require_send, text_of
from .errors import PolicyError
from .filter import WordFilter
from .idempotency import Claim, Idempotency
from .names import reason as plain_reason
from .numbers import NoNumber, parse
from .policies import SendPolicies
from .preview import Rehearsal, rehearse
from .recipients import nobody, recipients_of
from .requests import SendRequest
from .room import Room
from .rules.builtin import Floor
from .settings import Settings

T = TypeVar("T")

MAX_CHECKED = 1_000_000
"""Characters that a filter check takes."""
_INLINE = 4_000
"""Characters checked on the event loop, a few milliseconds; longer texts go to a thread."""


class Desk:
    """One for the process. Every verb raises :class:`~.errors.PolicyError` for a refusal and
    :class:`~..store.errors.StoreError` when the store cannot write."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        segments: Callable[[str], int],
        word_filter: WordFilter,
        hours: SendingHours,
        settings: Settings,
        ladder: Ladder,
        clock: Clock = system_clock,
        policies: SendPolicies | None = None,
        ballast: Ballast | None = None,
        room: Room | None = None,
    ) -> None:
        """``policies``: the send policy; ``None``: what ``settings`` say alone. ``ballast``: what
        is given up for an emergency when the disk is full. ``room``: how much may wait; ``None``:
        any number of messages."""
        self._ballast = ballast
        self._store = store
        self._vault = vault
        self._segments = segments
        self._filter = word_filter
        self.hours = hours
        """When which purpose may be sent."""
        self._settings = settings
        self._ladder = ladder
        self._room = room
        self._clock = clock
        floor = Floor(approval_above=settings.approval_above, quiet_hours="")
        self.policies = policies or SendPolicies(store, floor)
        """The send policy, its versions and proposals."""
        self._idempotency = Idempotency(vault, settings.idempotency_hours)
        self._closing = False

    async def send(
        self,
        caller: Caller,
        request: SendRequest,
        idempotency_key: str | None = None,
    ) -> SendAnswer:
        """Accept ``request`` into the queue.

        Scope ``messages:send`` or, where purpose or priority say emergency,
        ``messages:emergency``. Returns once batch, messages, holds, audit events and the
        idempotency row are durable; a repeat with the same key returns the first answer.
        """
        self._require_open()
        require_send(caller, request)
        claim = None
        if idempotency_key is not None:
            claim = self._idempotency.claim(caller, idempotency_key, request)
        with self._idempotency.in_flight(claim):
            if claim is not None:
                first = await self._first_answer(claim)
                if first is not None:
                    return first
            if self._room is not None and request.purpose != "emergency":
                await self._room.require(len(request.to))
            send = await self._check(caller, request)
            try:
                return await self._write_send(send, claim)
            except PolicyError as refusal:
                if "rule" in refusal.extra:
                    event = sending.refusal_event(send, refusal)
                    await self._write(lambda uow: uow.record(event))
                raise

    async def approve(
        self, caller: Caller, batch: str, digest: str | None = None, reason: str = ""
    ) -> BatchAnswer:
        """A second person's leave: closes the holds of ``batch`` (public id) and releases it.

        ``digest`` (hex) is that of what the approver looked at. Scope ``approve``.
        """
        reason = plain_reason(reason, needed=False)
        caller.require("approve")

        def unit(uow: UnitOfWork) -> BatchAnswer:
            found = batch_of(uow.connection, batch)
            approvals.approve(uow, self._vault, caller, found, digest, reason)
            if not approvals.still_held(uow, found):
                release(uow, found.key, self.hours, by=By(caller.actor, reason, "approve"))
            return self._shown(uow, batch)

        return await self._write(unit)

    async def countersign(
        self, caller: Caller, batch: str, digest: str | None = None, reason: str = ""
    ) -> BatchAnswer:
        """Another person has looked at an emergency that was sent alone. Scope ``approve``."""
        reason = plain_reason(reason, needed=False)
        caller.require("approve")

        def unit(uow: UnitOfWork) -> BatchAnswer:
            found = batch_of(uow.connection, batch)
            break_glass.countersign(uow, caller, found, digest, reason)
            return self._shown(uow, batch)

        return await self._write(unit)

    async def return_(self, caller: Caller, batch: str, reason: str) -> BatchAnswer:
        """Give a held batch back to its submitter for correction; it ends. Scope ``approve``."""
        return await self._refuse(caller, batch, "return", reason)

    async def reject(self, caller: Caller, batch: str, reason: str) -> BatchAnswer:
        """Refuse a held batch; it ends. Scope ``approve``."""
        return await self._refuse(caller, batch, "reject", reason)

    async def cancel(self, caller: Caller, batch: str, reason: str = "") -> BatchAnswer:
        """Stop what of ``batch`` is not yet on the air.

        One's own with the scope ``messages:send``, anyone's with ``recall``.
        """
        reason = plain_reason(reason, needed=False)

        def unit(uow: UnitOfWork, found: Batch) -> None:
            require_state(found, "held", "scheduled", "sending", "paused")
            batches.cancel(uow, batch, caller.actor, reason)

        return await self._steer(caller, batch, unit)

    async def pause(self, caller: Caller, batch: str) -> BatchAnswer:
        """Keep the rest of ``batch`` back until it is resumed. Scopes as :meth:`cancel`."""

        def unit(uow: UnitOfWork, found: Batch) -> None:
            require_state(found, "scheduled", "sending")
            batches.pause(uow, batch, caller.actor)

        return await self._steer(caller, batch, unit)

    async def resume(self, caller: Caller, batch: str) -> BatchAnswer:
        """Let a paused batch go on. Scopes as :meth:`cancel`."""

        def unit(uow: UnitOfWork, found: Batch) -> None:
            require_state(found, "paused")
            batches.resume(uow, batch, caller.actor, hours=self.hours)

        return await self._steer(caller, batch, unit)

    async def recall(
        self,
        caller: Caller,
        *,
        batch: str | None = None,
        message: str | None = None,
        reason: str,
        correction_text: str | None = None,
    ) -> str:
        """Recall one message or a whole batch; returns the recall's public id. Scope ``recall``.

        What is not on the air stops at once. Steps that send to a whole batch, or to more people
        than the submitter may reach alone, wait for :meth:`decide_recall`.
        """
        caller.require("recall")
        reason = plain_reason(reason, needed=True)
        correction, reviewed, personal = None, False, False
        if correction_text is not None:
            correction, _ = text_of(correction_text, self._settings, self._segments)
            verdict = await self._passed(caller, correction, "service", bulk=batch is not None)
            reviewed = verdict.action == "review"
            # What is for one recipient is theirs, whatever it says.
            personal = message is not None or sending.personal(verdict)
            correction = self._filter.mask(correction)
        request = RecallRequest(
            batch=batch,
            message=message,
            reason=reason,
            correction=correction,
            personal=personal,
            actor=caller.actor,
            person=caller.person_id,
        )
        above = self._settings.approval_above
        return await self._write(
            lambda uow: recalls.start(uow, self._ladder, caller, request, above, reviewed=reviewed)
        )

    async def decide_recall(
        self, caller: Caller, recall: str, *, approve: bool, reason: str = ""
    ) -> None:
        """A second person's yes or no to the steps of a recall that send. Scope ``approve``."""
        caller.require("approve")
        reason = plain_reason(reason, needed=not approve)
        await self._write(
            lambda uow: recalls.decide(
                uow, self._ladder, caller, recall, approve=approve, reason=reason
            )
        )

    async def correct(
        self, caller: Caller, before: str, after: str, reason: str, also: Also
    ) -> Corrected:
        """A person's number changed: what waits for ``before`` goes to ``after``. Scope ``admin``.

        ``also`` brings other rooms' rows along in the same unit.
        """
        caller.require("admin")
        reason = plain_reason(reason, needed=False)
        numbers = [parse(written, self._settings.region) for written in (before, after)]
        found: list[str] = []
        for number in numbers:
            if isinstance(number, NoNumber):
                raise PolicyError(number.code)
            found.append(number.e164)

        def unit(uow: UnitOfWork) -> Corrected:
            return corrections.correct(
                uow, self._vault, caller, found[0], found[1], reason,
                lambda batch: self._take_in(uow, batch), also,
            )  # fmt: skip

        return await self._write(unit)

    async def check_filter(self, caller: Caller, text: str, purpose: str) -> FilterAnswer:
        """What the word filter says; nothing is stored. Scope ``filter`` or ``messages:send``."""
        if not caller.may("messages:send"):
            caller.require("filter")
        known = purpose_of(purpose)
        if len(text) > MAX_CHECKED:
            raise PolicyError("text_too_large", limit=MAX_CHECKED)
        if len(text) <= _INLINE:
            return self._filter.check(text, known)
        return await asyncio.to_thread(self._filter.check, text, known)

    async def rehearse(self, caller: Caller, request: SendRequest) -> Rehearsal:
        """What :meth:`send` would make of ``request``; nothing is kept. Scopes and errors as there."""
        self._require_open()
        require_send(caller, request)
        verdict = self._filter.check(request.text[:MAX_CHECKED], purpose_of(request.purpose))
        if verdict.action == "block":
            raise PolicyError("text_blocked", hits=verdict.hits, ruleset=verdict.ruleset)
        send = await self._check(caller, request)
        return await rehearse(self._store, self._vault, self.hours, send)

    async def tell_duty(
        self,
        numbers: Sequence[str],
        text: str,
        imsi: str,
        also: Callable[[UnitOfWork, str], None],
    ) -> str:
        """The gateway's own notice to the people on duty, through the SIM ``imsi``; its batch.

        ``also`` runs in the same unit with the batch's public id. Only configured numbers come here.
        """

        def unit(uow: UnitOfWork) -> str:
            signed = self._settings.signature + text
            batch = duty.notice(numbers, signed, self._segments(signed), imsi, uow.now)
            accepted = self._take_in(uow, batch)
            also(uow, accepted.public_id)
            return accepted.public_id

        return await self._write(unit)

    def close(self) -> None:
        """Take no new work: every verb but :meth:`check_filter` answers ``closing`` (503)."""
        self._closing = True

    def _require_open(self) -> None:
        if self._closing:
            raise PolicyError("closing")

    async def _write(self, unit: Callable[[UnitOfWork], T]) -> T:
        self._require_open()
        try:
            return await self._store.write(unit)
        except StoreClosedError:
            raise PolicyError("closing") from None

    async def _write_send(self, send: sending.Send, claim: Claim | None) -> SendAnswer:
        """On a full disk an emergency gets the ballast's space, and nothing else gets any."""
        ballast, emergency = self._ballast, send.draft.priority == 0
        if ballast is not None and ballast.released and not emergency:
            raise StoreFullError("what space is left is kept for emergencies")
        try:
            return await self._write(lambda uow: self._accept(uow, send, claim))
        except StoreFullError:
            if ballast is None or not emergency or not ballast.release():
                raise
        return await self._write(lambda uow: self._accept(uow, send, claim))

    async def _first_answer(self, claim: Claim) -> SendAnswer | None:
        now = self._store.now
        return await self._store.read(lambda c: self._idempotency.find(c, claim, now))

    async def _check(self, caller: Caller, request: SendRequest) -> sending.Send:
        """Everything that needs no database."""
        policy = self.policies.current
        checked = draft(request, self._settings, self._segments, self.hours, self._clock())
        if checked.priority == 0 and policy.emergency.reason_required and not checked.reason:
            raise PolicyError("emergency_reason", rule="emergency.reason_required")
        recipients = await recipients_of(request.to, self._settings.region)
        if not recipients.numbers:
            raise nobody(recipients.rejected)
        bulk = len(recipients.numbers) > 1
        verdict = await self._passed(caller, checked.text, checked.purpose, bulk=bulk)
        if verdict.hits and checked.purpose != "emergency":
            checked = sending.masked(checked, self._filter.mask(checked.text), self._segments)
        # What the filter masks or reviews is no template any more, or is held for that all the same.
        forms = policy.forms_of(
            checked.text.removeprefix(self._settings.signature), checked.purpose
        )
        return sending.Send(caller, checked, recipients, verdict, policy, request.to, forms)

    async def _passed(self, caller: Caller, text: str, purpose: str, *, bulk: bool) -> FilterAnswer:
        """The filter's verdict. A block is audited, then raised: ``text_blocked`` with the hits."""
        verdict = self._filter.check(text, purpose, bulk=bulk)
        if verdict.action == "block":
            event = sending.filter_event(caller, verdict)
            await self._write(lambda uow: uow.record(event))
            raise PolicyError("text_blocked", hits=verdict.hits, ruleset=verdict.ruleset)
        return verdict

    def _take_in(self, uow: UnitOfWork, batch: NewBatch) -> AcceptedBatch:
        return accept(uow, self._vault, batch, self.hours, self._settings.routes)

    def _accept(self, uow: UnitOfWork, send: sending.Send, claim: Claim | None) -> SendAnswer:
        if claim is not None:
            # Once more inside: the first caller may have gone away while its unit went on.
            first = self._idempotency.find(uow.connection, claim, uow.now)
            if first is not None:
                return first
        prepared = sending.prepare(uow, self._vault, send)
        accepted = self._take_in(uow, prepared.batch)
        sending.tell(uow, send, prepared, accepted)
        answer = sending.answer(send, prepared, accepted)
        if claim is not None:
            self._idempotency.keep(uow, claim, answer)
        return answer

    async def _refuse(
        self, caller: Caller, batch: str, kind: approvals.Refusal, reason: str
    ) -> BatchAnswer:
        caller.require("approve")
        reason = plain_reason(reason, needed=True)

        def unit(uow: UnitOfWork) -> BatchAnswer:
            approvals.require_person(uow, caller)
            found = batch_of(uow.connection, batch)
            require_state(found, "held")
            approvals.decide(uow, caller, found, kind, reason)
            end = batches.return_ if kind == "return" else batches.reject
            end(uow, batch, caller.actor, reason)
            return self._shown(uow, batch)

        return await self._write(unit)

    async def _steer(
        self, caller: Caller, batch: str, act: Callable[[UnitOfWork, Batch], None]
    ) -> BatchAnswer:
        if not caller.may("recall"):
            caller.require("messages:send")

        def unit(uow: UnitOfWork) -> BatchAnswer:
            found = batch_of(uow.connection, batch)
            if not found.submitted_by(caller):
                caller.require("recall")
            act(uow, found)
            return self._shown(uow, batch)

        return await self._write(unit)

    def _shown(self, uow: UnitOfWork, batch: str) -> BatchAnswer:
        counted = batches.counts(uow.connection, batch)
        return approvals.shown(uow, batch, counted, self.hours)
