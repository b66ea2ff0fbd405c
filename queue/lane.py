"""One modem's way through the queue: take, hand over, and meanwhile fetch the next."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import Literal

from ..store.clock import SECOND
from ..store.errors import StoreError
from .account import Account
from .air import Air
from .behind import Behind
from .claims import Claims
from .intents import Claimed, Intent, Sim, Wants
from .ledger import Quota
from .on_deck import Flight
from .plan.weigh import Offer
from .units import past
from .works import Works

LaneState = Literal["sending", "idle", "resting", "paused", "closed"]
_AGAIN = 1.0
"""Seconds between two tries to write when the store cannot."""
_HELD = 60.0
"""Seconds between two looks for an emergency while all else is held; one is told at once."""


class Lane:
    """A ready modem. :meth:`run` is its task; the other methods are called on the event loop."""

    def __init__(self, works: Works, sim: Sim, quota: Quota) -> None:
        self._works = works
        self.sim = sim
        self.account = Account(quota)
        self._meaning = works.units.meaning(sim.modem)
        self.state: LaneState = "idle"
        self.paused = False
        self.closing = False
        self._poke = asyncio.Event()
        self._in_hand: Intent | None = None
        self._flight: Flight | None = None
        self._held = False
        self._claims = Claims(works, sim, self.account)
        self._air = Air(works, sim, self._share)
        self._behind = Behind(self, self._claims, self._air, works.ring)

    def poke(self) -> None:
        """There may be something to do."""
        self._poke.set()

    def rest(self, microseconds: int) -> None:
        """Send nothing but emergencies for a while: the SIM cannot, or should not."""
        self.account.rest(self._works.store.now + microseconds)

    def hold(self, held: bool) -> None:
        """Begin nothing but emergencies while ``held``."""
        if held != self._held:
            self._held = held
            self._poke.set()

    def clock_moved(self, by: int) -> None:
        """Our time went on by ``by`` microseconds at once: a rest ends when it would have."""
        self.account.clock_moved(by)

    def pause(self) -> None:
        """Begin nothing more until :meth:`resume`."""
        self.paused = True
        self._opened()
        self._poke.set()

    def resume(self) -> None:
        """Go on."""
        self.paused = False
        self._opened()
        self._poke.set()

    def close(self) -> None:
        """Begin nothing more; :meth:`run` ends when what is on the air has its answer."""
        self.closing = True
        self._opened()
        self._poke.set()

    def offer(self) -> Offer:
        """What its SIM brings to the choice of who is asked first."""
        works, modem = self._works, self.sim.modem
        return self.account.offer(modem, works.units.insight.signal(modem), works.store.now)

    def _opened(self) -> None:
        """Others wait for this SIM, or do not."""
        self.account.standing.shut = self.paused or self.closing

    def abandon(self) -> None:
        """Wait no longer for the modem."""
        self._air.abandon()

    async def run(self) -> None:
        """Work until :meth:`close`. What was taken and not begun goes back, whatever happens."""
        await self._remember()
        try:
            while self._flight is not None or not self.closing:
                await self._step()
        finally:
            self._drop("stopped")
            self.state = "closed"

    async def _step(self) -> None:
        if self._flight is not None:
            flight, self._flight = self._flight, None
            await self._follow(flight)
            return
        if self._in_hand is None:
            self._in_hand = await self._take()
        if self._in_hand is not None:
            self._in_hand = await self._claims.emergencies_first(self._in_hand)
            if self._works.units.stops(self._in_hand):
                self._drop("recalled")
            elif self.paused or self._in_hand.batch in self._works.stopped:
                self._drop("displaced")
            elif not self.closing:
                intent, self._in_hand = self._in_hand, None
                await self._follow(await self._air.launch(intent))

    def _drop(self, cause: str) -> None:
        """What was taken and not begun goes back."""
        intent, self._in_hand = self._in_hand, None
        if intent is not None:
            self.put_back(intent, cause)
        self._behind.give_up("displaced")

    def put_back(self, intent: Intent, cause: str) -> None:
        """Let others have it."""
        self.account.standing.pending = False
        self._works.settler.put_back(intent, cause)

    async def _remember(self) -> None:
        """Count what the SIM sent before this run, or in another modem, and how it went."""
        store, account = self._works.store, self.account
        query = partial(past, imsi=self.sim.imsi, quota=account.quota, now=store.now)
        account.remember(await store.read(query), self._meaning)

    async def _take(self) -> Intent | None:
        """The next message; waits until there may be one when there is none."""
        self._poke.clear()
        wait = self._quota_wait()
        if not self.paused:
            mark = self._works.gate.mark
            claimed = await self._claim("emergency" if wait else "any")
            if not claimed.emergencies:
                self._works.gate.lower(mark)
            if claimed.intent is not None or claimed.more:
                return claimed.intent
        self.state = "paused" if self.paused else "resting" if wait else "idle"
        if wait and not self._held:
            self._works.observer.resting(self.sim.modem, wait)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._poke.wait(), wait or None)
        return None

    def _quota_wait(self) -> float:
        """Seconds until the SIM may send again within its quotas; 0 = now."""
        if self._held:
            return _HELD
        now = self._works.store.now
        return (self.account.free_at(now) - now) / SECOND

    async def _claim(self, wants: Wants) -> Claimed:
        try:
            return await self._claims.ask(wants)
        except StoreError as error:
            self._claims.failed(error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closed(), _AGAIN)
            return Claimed(None, emergencies=True, more=True)

    async def _closed(self) -> None:
        while not self.closing:
            self._poke.clear()
            await self._poke.wait()

    async def _follow(self, flight: Flight) -> None:
        """See a message through that the modem has; then turn to the one behind it."""
        works, intent, loop = self._works, flight.intent, asyncio.get_running_loop()
        if self.closing and flight.deck is not None and flight.deck.take_back():
            flight.results.cancel()
            self._came_back(flight)
            return
        self.state, began = "sending", loop.time()
        self.account.begun(intent, works.store.now)
        # Before the wait for the modem, so that the commit overlaps with the air time.
        self._behind.begin()
        try:
            results = await self._air.results(flight)
        finally:
            self._behind.end()
        air = loop.time() - began
        self._opened()
        if flight.deck is not None and flight.deck.take_back():
            self._came_back(flight)
            return
        self._air.took(air, results)
        self.account.answered(results, works.store.now, self._meaning)
        works.settler.settle(self.sim.modem, results, self.rest)
        await self._turn(air)

    def _came_back(self, flight: Flight) -> None:
        """Something came before it: it is in hand again. What was fetched behind it stays behind,
        unless the modem began it in its place."""
        self._works.ring.free(flight.intent.attempts)
        self._in_hand = flight.intent
        self._flight = self._behind.begun()

    async def _turn(self, air: float) -> None:
        """A message was ``air`` seconds on the air: to the one behind it."""
        if self._in_hand is not None:  # it had been begun in the place of this one
            self._flight = self._behind.begun()
            return
        if (late := self._behind.late) is not None:
            self._claims.company.note(air, late=late)
            if late:
                self._works.store.hurry()
        behind = await self._behind.take()
        if isinstance(behind, Flight):
            self._flight = behind
        else:
            self._in_hand = behind

    def _share(self) -> None:
        """The modem takes long: let others have what was fetched for it."""
        self.account.standing.shut = True
        self._behind.give_up("displaced")

    def may_fetch(self) -> bool:
        """Whether another message may be taken now."""
        return not (self.closing or self.paused or self._quota_wait())

    def clear(self, intent: Intent) -> bool:
        """Whether nothing comes before it: the modem may begin it by itself. On its thread."""
        works = self._works
        return not (
            works.gate.waiting
            or works.gate.closed
            or self.paused
            or self.closing
            or intent.batch in works.stopped
            or works.units.stops(intent)
        )
