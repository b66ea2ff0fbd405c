"""One modem's messages on the air: handed over, waited for, or given up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from .gate import GatedHandOver
from .intents import Intent, Sim
from .on_deck import Flight
from .patience import Patience
from .transmitter import Deletion, HandOver, PartResult
from .works import Works


class Air:
    """Used on the event loop. ``stalled`` is called when the modem takes longer than it ever does."""

    def __init__(self, works: Works, sim: Sim, stalled: Callable[[], None]) -> None:
        self._works = works
        self._sim = sim
        self._stalled = stalled
        self._patience = Patience()
        self._awaited: asyncio.Future[Sequence[PartResult]] | None = None
        self._gated = GatedHandOver(works.ring, works.gate, asyncio.get_running_loop())

    async def launch(self, intent: Intent) -> Flight:
        """Hand over a message that may begin now."""
        ring = self._works.ring
        await ring.reserve(intent.attempts)
        return Flight(intent, self.hand_over(intent, self._gated if intent.priority == 0 else ring))

    def hand_over(self, intent: Intent, way: HandOver) -> asyncio.Future[Sequence[PartResult]]:
        """Give the modem a message; it comes to it when it is through with those before."""
        transmitter, task = self._works.transmitter, intent.task
        if isinstance(task, Deletion):
            return asyncio.create_task(self._command(task, way))
        try:
            return asyncio.ensure_future(transmitter.submit(self._sim.modem, task, way))
        except Exception as error:  # noqa: BLE001 - for whoever waits for the results
            failed: asyncio.Future[Sequence[PartResult]] = asyncio.Future()
            failed.set_exception(error)
            return failed

    async def _command(self, task: Deletion, way: HandOver) -> Sequence[PartResult]:
        return [await self._works.transmitter.command(self._sim.modem, task, way)]

    async def results(self, flight: Flight) -> Sequence[PartResult]:
        """What became of each attempt."""
        works, attempts = self._works, flight.intent.attempts
        limit = self._patience.limit(len(attempts))
        timer = asyncio.get_running_loop().call_later(limit, self._stalled)
        self._awaited = flight.results
        try:
            return await flight.results
        except asyncio.CancelledError:
            if not flight.results.cancelled():
                raise
        except Exception as error:  # noqa: BLE001
            # It promises not to raise. If it does, the ring still knows what was handed over.
            log = structlog.get_logger()
            log.error("transmitter_raised", modem=self._sim.modem, error=type(error).__name__)
        finally:
            timer.cancel()
            self._awaited = None
            works.gate.handed(attempts)
        return works.ring.as_it_stands(attempts)

    def took(self, seconds: float, results: Sequence[PartResult]) -> None:
        """A message was on the air so long: how long the next may be is learned from it."""
        if all(result.outcome == "accepted" for result in results):
            self._patience.note(seconds, len(results))

    def abandon(self) -> None:
        """Wait no longer for the modem: what it was handed is taken from the ring as it stands."""
        if self._awaited is not None:
            self._awaited.cancel()
