"""One modem's claims: of what it sends next, of what goes behind that, and of emergencies."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from ..store.errors import StoreError
from ..store.joint import Joint
from .account import Account
from .company import Company
from .intents import Claimed, Intent, Sim, Wants
from .works import Works


class Claims:
    """Used on the event loop."""

    def __init__(self, works: Works, sim: Sim, account: Account) -> None:
        self._works = works
        self._sim = sim
        self._account = account
        self.company = Company()

    def ask(self, wants: Wants, linger: float = 0.0) -> asyncio.Future[Claimed]:
        """Claim; what the future gives is durable. A :class:`~..store.errors.StoreError` it gives
        is for :meth:`failed`."""
        unit = Joint((self._sim, wants), self._works.units.claim_all)
        return self._works.store.submit(unit, linger=linger)

    def ask_next(self) -> asyncio.Future[Claimed]:
        """Claim what may go behind the message on the air; in no hurry."""
        return self.ask("lower", self.company.seconds)

    def failed(self, error: BaseException) -> None:
        """Nothing was claimed."""
        self._account.standing.pending = False  # what was claimed was rolled back
        log = structlog.get_logger()
        log.error("claim_failed", modem=self._sim.modem, error=type(error).__name__)

    async def emergencies_first(self, intent: Intent) -> Intent:
        """``intent``, or an emergency in its place; returns when it may begin."""
        gate = self._works.gate
        while intent.priority > 0 and (gate.waiting or gate.closed):
            if not gate.waiting:
                await gate.passed()
                continue
            mark = gate.mark
            unit = partial(self._works.units.make_room, sim=self._sim, intent=intent)
            try:
                claimed = await self._works.store.write(unit)
            except StoreError:
                return intent
            if claimed.intent is not None:
                return claimed.intent
            gate.lower(mark)
        return intent
