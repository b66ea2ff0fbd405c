"""Recalls at the desk: stopping is immediate, what sends may wait for a second person."""

from __future__ import annotations

from ..queue.recall_opening import RecallRequest
from . import recalls
from .callers import Caller
from .door import Door
from .names import reason as plain_reason


class Recalling(Door):
    """Verbs of the desk that call back what was sent."""

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
        correction = None
        if correction_text is not None:
            bulk = message is None
            correction = await self._screening.correction(
                caller, correction_text, self._record, bulk=bulk
            )
        request = RecallRequest(
            batch=batch,
            message=message,
            reason=reason,
            correction=correction.text if correction else None,
            personal=correction.personal if correction else False,
            actor=caller.actor,
            person=caller.person_id,
        )
        reviewed = correction.reviewed if correction else False
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
