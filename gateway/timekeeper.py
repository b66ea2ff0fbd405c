"""Watches whether the machine's clock can be believed, and tells when our time is moved."""

from __future__ import annotations

import asyncio
from typing import Protocol

import structlog

from ..policy.callers import Caller
from ..queue.clock import moved, newest_attempt
from ..store.clock import SECOND
from ..store.errors import StoreError
from ..store.events import Event, Scalar
from ..store.steady import ClockState, SteadyClock
from ..store.store import Store
from ..store.unit import UnitOfWork

EVERY = 1.0
"""Seconds between two looks at the clock."""


class Lanes(Protocol):
    """The dispatcher's side."""

    def hold_ordinary(self, held: bool) -> None:
        """Begin nothing but emergencies while ``held``."""
        ...

    def clock_moved(self, by: int) -> None:
        """Our time went on by ``by`` microseconds at once."""
        ...


class Timekeeper:
    """One for the process; on the event loop."""

    def __init__(self, store: Store, clock: SteadyClock, lanes: Lanes) -> None:
        self._store = store
        self._clock = clock
        self._lanes = lanes
        self._told: ClockState = "sure"
        self._attempt = 0
        self._since = 0

    @property
    def state(self) -> ClockState:
        """Whether the machine's clock can be believed."""
        return self._clock.state

    @property
    def off(self) -> float:
        """Seconds by which the machine's clock is ahead of our time."""
        return self._clock.off / SECOND

    async def begin(self) -> None:
        """Before anything is sent: nobody knows the hour when the clock is wrong from the start."""
        await self._mark()
        await self.look()

    async def keep(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.look()
            except StoreError as error:
                structlog.get_logger().warning("clock change not recorded", error=str(error))

    async def look(self) -> None:
        """Record a new state once; take the machine's clock when it is synchronised."""
        self._lanes.hold_ordinary(self._clock.state == "unknown")
        state, off = self._clock.state, self._clock.off
        if state != self._told:
            self._told = state
            await self._record(f"clock.{state}", "system", off)
        by = self._clock.review()
        if by:
            await self._took(by, "system")

    async def accept(self, caller: Caller) -> float:
        """Take the machine's clock on a person's word; the seconds our time moved by. Scope ``admin``."""
        caller.require("admin")
        by = self._clock.accept()
        await self._took(by, caller.actor)
        return by / SECOND

    async def _took(self, by: int, actor: str) -> None:
        self._told = "sure"
        self._lanes.hold_ordinary(False)
        self._lanes.clock_moved(by)
        attempt, since = self._attempt, self._since
        event = _event("clock.changed", actor, by)

        def unit(uow: UnitOfWork) -> None:
            moved(uow, by, attempt, since)
            uow.record(event)

        await self._store.write(unit)
        await self._mark()

    async def _mark(self) -> None:
        """What is noted from here on is noted by the time as it is now."""
        self._since = self._store.now
        self._attempt = await self._store.read(newest_attempt)

    async def _record(self, action: str, actor: str, off: int) -> None:
        structlog.get_logger().warning(action, seconds=off // SECOND)
        event = _event(action, actor, off)
        await self._store.write(lambda uow: uow.record(event))


def _event(action: str, actor: str, microseconds: int) -> Event:
    details: dict[str, Scalar] = {"microseconds": microseconds}
    return Event(kind="clock", action=action, actor=actor, details=details)
