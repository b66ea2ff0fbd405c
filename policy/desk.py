"""The desk: the only door into the queue. Whoever wants to send, approve or recall asks here.

Every verb checks the caller first, does its slow work outside the store, and then changes
everything it changes in one unit: a crash leaves all of it or nothing. What lets something into the
queue, or out of a hold, stands in this file; a test holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..queue.actor import By
from ..queue.drafts import AcceptedBatch, NewBatch
from ..queue.hours import SendingHours
from ..queue.intake import accept
from ..queue.priorities import Priority
from ..queue.recall import Ladder
from ..queue.release import release
from ..store.ballast import Ballast
from ..store.clock import Clock, system_clock
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from . import approvals, corrections, duty, sending, telling
from .answers import BatchAnswer, SendAnswer
from .approvals import batch_of
from .callers import Caller
from .corrections import Also, Corrected
from .deciding import Deciding
from .drafts import require_send
from .errors import PolicyError
from .filter import WordFilter
from .idempotency import Claim, Idempotency
from .names import reason as plain_reason
from .policies import SendPolicies
from .preview import Rehearsal, rehearse
from .promises import Promises
from .reach import Reach
from .recalling import Recalling
from .recipients import one_of
from .requests import SendRequest
from .room import Room
from .rules.builtin import Floor
from .screening import Screening
from .settings import Settings


class Desk(Deciding, Recalling):
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
        promises: Promises | None = None,
    ) -> None:
        """``policies``: the send policy; ``None``: what ``settings`` say alone. ``ballast``: what
        is given up for an emergency when the disk is full. ``room``: how much may wait.
        ``promises``: keeps deadlines."""
        screening = Screening(word_filter, settings, segments, hours, clock)
        super().__init__(store, vault, hours, settings, screening, ladder, ballast)
        self._room = room
        self._promises = promises
        self._reach = Reach()
        floor = Floor(approval_above=settings.approval_above, quiet_hours="")
        self.policies = policies or SendPolicies(store, floor)
        """The send policy, its versions and proposals."""
        self._idempotency = Idempotency(vault, settings.idempotency_hours)

    async def send(
        self, caller: Caller, request: SendRequest, idempotency_key: str | None = None
    ) -> SendAnswer:
        """Accept ``request`` into the queue.

        Scope ``messages:send`` or, where purpose or priority say emergency,
        ``messages:emergency``. Returns once batch, messages, holds, audit events and the
        idempotency row are durable; a repeat with the same key returns the first answer.
        """
        self._require_open()
        require_send(caller, request)
        claim = self._idempotency.claim(caller, idempotency_key, request)
        with self._idempotency.in_flight(claim):
            first = await self._idempotency.first(self._store, claim)
            if first is not None:
                return first
            if self._room is not None and request.purpose != "emergency":
                await self._room.require(len(request.to))
            send = await self._check(caller, request)
            try:
                return await self._write_send(
                    lambda uow: self._accept(uow, send, claim),
                    emergency=send.draft.priority is Priority.EMERGENCY,
                )
            except PolicyError as refusal:
                if "rule" in refusal.extra:
                    await self._record(telling.refusal_event(send, refusal))
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

    async def correct(
        self, caller: Caller, before: str, after: str, reason: str, also: Also
    ) -> Corrected:
        """A person's number changed: what waits for ``before`` goes to ``after``. Scope ``admin``.

        ``also`` brings other rooms' rows along in the same unit.
        """
        caller.require("admin")
        reason = plain_reason(reason, needed=False)
        old, new = (one_of(written, self._settings.region) for written in (before, after))

        def unit(uow: UnitOfWork) -> Corrected:
            return corrections.correct(
                uow, self._vault, caller, old, new, reason,
                lambda batch: self._take_in(uow, batch), also,
            )  # fmt: skip

        return await self._write(unit)

    async def rehearse(self, caller: Caller, request: SendRequest) -> Rehearsal:
        """What :meth:`send` would make of ``request``; nothing is kept. Scopes and errors as there."""
        self._require_open()
        require_send(caller, request)
        self._screening.require_passes(request.text, request.purpose)
        send = await self._check(caller, request)
        return await rehearse(self._store, self._vault, self._reach, self.hours, send)

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
            batch = duty.notice(numbers, signed, self._screening.segments(signed), imsi, uow.now)
            accepted = self._take_in(uow, batch)
            also(uow, accepted.public_id)
            return accepted.public_id

        return await self._write(unit)

    async def _check(self, caller: Caller, request: SendRequest) -> sending.Send:
        send = await self._screening.send(caller, request, self.policies.current, self._record)
        if self._promises is None:
            return send
        count = len(send.recipients.numbers)
        return replace(send, danger=await self._promises.danger(send.draft, count))

    def _take_in(self, uow: UnitOfWork, batch: NewBatch) -> AcceptedBatch:
        return accept(uow, self._vault, batch, self.hours, self._settings.routes)

    def _accept(self, uow: UnitOfWork, send: sending.Send, claim: Claim | None) -> SendAnswer:
        if claim is not None:
            # Once more inside: the first caller may have gone away while its unit went on.
            first = self._idempotency.find(uow.connection, claim, uow.now)
            if first is not None:
                return first
        prepared = sending.prepare(uow, self._vault, self._reach, send)
        sending.require_in_time(send, prepared)
        accepted = self._take_in(uow, prepared.batch)
        telling.tell(uow, send, prepared, accepted)
        answer = telling.answer(send, prepared, accepted)
        if claim is not None:
            self._idempotency.keep(uow, claim, answer)
        return answer
