"""The results' way into the store: off the lanes' path, tried until it works."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

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


@dataclass(slots=True)
class _Entry:
    """What is to be written, and who is told once it is durable."""

    unit: Callable[[UnitOfWork], Settled]
    durable: Callable[[Settled], None]
    linger: float


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
        self._open: set[asyncio.Future[Settled]] = set()
        self._ending = False
        self.linger = LINGER
        """0 once the dispatcher stops."""

    def settle(
        self, modem: str, results: Sequence[PartResult], rest: Callable[[int], None]
    ) -> None:
        """Have results written; returns at once. ``rest`` is told when the SIM should pause."""
        at = self._ring.begun_at
        handed = {r.attempt: t for r in results if (t := at(r.attempt)) is not None}
        hand = HandedBack(results, handed, self._units.meaning(modem))

        def durable(settled: Settled) -> None:
            self._observe(modem, results, handed)
            if settled.park:
                rest(settled.park)
            if settled.requeued:
                self._wake()

        self._write(_Entry(Joint(hand, self._record), durable, self.linger))

    def put_back(self, intent: Intent, cause: str) -> None:
        """Have an intent that was not begun written back."""
        self._gate.handed(intent.attempts)
        unit = partial(self._units.put_back, intent=intent, cause=cause)
        self._write(_Entry(unit, lambda _: self._wake(), 0.0))

    async def finish(self, seconds: float) -> None:
        """Wait for what is being written, at most ``seconds``; what is not stays in the ring."""
        self._ending = True
        if self._open:
            await asyncio.wait(self._open, timeout=seconds)

    def _record(self, uow: UnitOfWork, hands: Sequence[HandedBack]) -> list[Settled]:
        attempts = [result.attempt for hand in hands for result in hand.results]
        uow.on_commit(partial(self._ring.free, attempts))
        return self._units.settle(uow, hands)

    def _observe(
        self, modem: str, results: Sequence[PartResult], handed: Mapping[int, int]
    ) -> None:
        for result in results:
            if result.attempt in handed and result.outcome in {"accepted", "refused"}:
                seconds = (result.answered_at - handed[result.attempt]) / SECOND
                self._observer.submitted(modem, max(seconds, 0.0))

    def _write(self, entry: _Entry) -> None:
        """Write until it works. While it does not, the ring keeps what is known, and fills up."""
        written = self._store.submit(entry.unit, linger=entry.linger)
        self._open.add(written)
        written.add_done_callback(partial(self._written, entry))

    def _written(self, entry: _Entry, written: asyncio.Future[Settled]) -> None:
        self._open.discard(written)
        error = written.exception()
        if error is None:
            entry.durable(written.result())
        elif not isinstance(error, StoreClosedError):
            structlog.get_logger().error("outcome_not_written", error=type(error).__name__)
            if isinstance(error, StoreError):
                asyncio.get_running_loop().call_later(_AGAIN, self._write_again, entry)

    def _write_again(self, entry: _Entry) -> None:
        if not self._ending:
            self._write(entry)
