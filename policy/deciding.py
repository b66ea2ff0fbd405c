"""What persons do to a batch after it was submitted: look at it, end it, stop it, hold it."""

from __future__ import annotations

from collections.abc import Callable

from ..queue import batches
from ..store.unit import UnitOfWork
from . import approvals, break_glass
from .answers import BatchAnswer, FilterAnswer
from .approvals import Batch, batch_of, require_state
from .callers import Caller
from .door import Door
from .names import reason as plain_reason


class Deciding(Door):
    """Verbs of the desk that let nothing into the queue and nothing out of a hold."""

    async def check_filter(self, caller: Caller, text: str, purpose: str) -> FilterAnswer:
        """What the word filter says; nothing is stored. Scope ``filter`` or ``messages:send``."""
        return await self._screening.check(caller, text, purpose)

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
