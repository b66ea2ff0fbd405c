"""The results' way into the store: off the lanes' path, tried until it works."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

import structlog

from ..store.clock import SECOND
from ..store.errors import StoreClosedError, StoreError
from ..store.joint import Joint
from ..store.store import Store
from ..store.unit import UnitOfWork
from .gate import Gate
from .handed_back import HandedBack
from .intents import Intent
from .observer import Observer
from .outcomes import Settled
from .ring import Ring
from .transmitter import PartResult
from .units import Units

LINGER = 0.25
"""Seconds that an outcome may wait for company on its way to the disk."""
_AGAIN = 1.0


class Settler:
    """Writes outcomes; frees their slots in the ring once they are durable."""

    def __init__(
        self,
        store: Store,
        units: Units,
        ring: Ring,
        gate: Gate,
        observer: Observer,
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._units = units
        self._ring = ring
        self._gate = gate
        self._observer = observer
        self._wake = wake
        self._tasks: set[asyncio.Task[None]] = set()
        self.linger = LINGER
        """0 once the dispatcher stops."""

    def settle(
        self, modem: str, results: Sequence[PartResult], rest: Callable[[int], None]
    ) -> None:
        """Have results written; returns at once. ``rest`` is told when the SIM should pause."""
        at = self._ring.begun_at
        handed = {r.attempt: t for r in results if (t := at(r.attempt)) is not None}
        self._spawn(self._store_results(modem, results, handed, rest))

    def put_back(self, intent: Intent, cause: str) -> None:
        """Have an intent that was not begun written back."""
        self._gate.handed(intent.attempts)
        self._spawn(self._store_unsent(intent, cause))

    async def finish(self, seconds: float) -> None:
        """Wait for what is being written, at most ``seconds``; what is not stays in the ring."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _store_results(
        self,
        modem: str,
        results: Sequence[PartResult],
        handed: Mapping[int, int],
        rest: Callable[[int], None],
    ) -> None:
        hand = HandedBack(results, handed, self._units.meaning(modem))
        settled = await self._write(Joint(hand, self._record), self.linger)
        if settled is None:
            return
        for result in results:
            if result.attempt in handed and result.outcome in {"accepted", "refused"}:
                seconds = (result.answered_at - handed[result.attempt]) / SECOND
                self._observer.submitted(modem, max(seconds, 0.0))
        if settled.park:
            rest(settled.park)
        if settled.requeued:
            self._wake()

    def _record(self, uow: UnitOfWork, hands: Sequence[HandedBack]) -> list[Settled]:
        attempts = [result.attempt for hand in hands for result in hand.results]
        uow.on_commit(partial(self._ring.free, attempts))
        return self._units.settle(uow, hands)

    async def _store_unsent(self, intent: Intent, cause: str) -> None:
        unit = partial(self._units.put_back, intent=intent, cause=cause)
        if await self._write(unit, 0.0) is not None:
            self._wake()

    async def _write(self, unit: Callable[[UnitOfWork], Settled], linger: float) -> Settled | None:
        """Write until it works. While it does not, the ring keeps what is known, and fills up."""
        while True:
            try:
                return await self._store.write(unit, linger=linger)
            except StoreClosedError:
                return None
            except StoreError as error:
                structlog.get_logger().error("outcome_not_written", error=type(error).__name__)
                await asyncio.sleep(_AGAIN)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
