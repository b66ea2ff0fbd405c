"""The dispatcher: a lane for each ready modem, the results' way into the store, and the clock.

It pulls: a free modem takes its next message. Nothing here decides what a message means; the units
do (:mod:`.units`), each in its own transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from ..store.clock import SECOND
from ..store.store import Store
from ..store.vault import Vault
from .claim import Claimer
from .due import chores
from .errors import QueueClosedError
from .estimate import Capacity
from .gate import Gate
from .hours import AlwaysOpen, SendingHours
from .insight import Insight, NoInsight
from .intents import Sim
from .lane import Lane, LaneState
from .ledger import Quota, Window
from .observer import NullObserver, Observer
from .plan.weigh import in_order
from .priorities import Priority
from .recall import Ladder
from .recovery import Recovered, database_id, recover
from .ring import FILE, Ring
from .ring_format import read_remains
from .routes import NO_ROUTES, Routes
from .settler import Settler
from .stopped import StoppedBatches
from .transmitter import Transmitter
from .units import Units
from .works import Works

TICK = 0.5
_AGAIN = 1.0
_LAST = 0.45
"""Seconds that :meth:`Dispatcher.stop` takes at most after its grace."""
_NO_LIMIT = Quota()


@dataclass(frozen=True, slots=True)
class LaneStatus:
    """What a lane does now, for people."""

    modem: str
    imsi: str
    state: LaneState
    quota_used: Mapping[Window, int]
    gap_seconds: float = 0.0
    """What the SIM waits between messages because its operator refused some; 0 = nothing."""
    weight: float = 1.0
    """How much it carries beside others while there is not work for all, in (0, 1]."""


class Dispatcher:
    """Started once. All methods are called on the event loop."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        transmitter: Transmitter,
        data_dir: Path,
        *,
        hours: SendingHours | None = None,
        ladder: Ladder | None = None,
        observer: Observer | None = None,
        quota: Callable[[str], Quota] = lambda modem: _NO_LIMIT,
        routes: Routes = NO_ROUTES,
        insight: Insight | None = None,
    ) -> None:
        self._store = store
        self._transmitter = transmitter
        self._data_dir = data_dir
        self._observer = observer or NullObserver()
        self._quota = quota
        self._gate = Gate()
        self._claimer = Claimer(vault, hours or AlwaysOpen(), routes)
        self._units = Units(self._claimer, ladder, self._gate, insight or NoInsight())
        self._works: Works | None = None
        self._lanes: dict[str, Lane] = {}
        self._lane_tasks: dict[str, asyncio.Task[None]] = {}
        self._ticker: asyncio.Task[None] | None = None
        self._stopping = False
        self._held = False
        self.ticked_at = 0.0
        """Event loop time of the last completed tick: a watchdog's sign of life."""

    async def start(self) -> Recovered:
        """Clear up what an earlier run left, then be ready for modems.

        Raises a :class:`~..store.errors.StoreError` or :class:`~.errors.RingError`.
        """
        database = await self._store.write(database_id)
        remains = read_remains(self._data_dir / FILE, database)
        unit = partial(recover, remains=remains, ladder=self._units.ladder)
        recovered = await self._store.write(unit)
        # Only now may the old file go: until the recovery is durable it is still the witness.
        ring = Ring.create(self._data_dir, database)
        store, units, gate, observer = self._store, self._units, self._gate, self._observer
        stopped = StoppedBatches()
        store.on_fed(stopped.told)
        settler = Settler(store, units, ring, gate, observer, self.wake)
        self._works = Works(store, units, ring, gate, self._transmitter, observer, settler, stopped)
        self._ticker = asyncio.create_task(self._tick_forever(), name="queue.ticker")
        return recovered

    def modem_ready(self, label: str, imsi: str, can_command: bool = True) -> None:
        """The modem ``label`` can send through the SIM ``imsi`` from now on.

        Ignored once :meth:`stop` began. Raises :class:`~.errors.QueueClosedError` before
        :meth:`start`.
        """
        if self._works is None:
            raise QueueClosedError("the dispatcher is not running")
        if self._stopping:
            return
        self.modem_lost(label)
        lane = Lane(self._works, Sim(label, imsi, can_command), self._quota(label))
        lane.hold(self._held)
        self._lanes[label] = lane
        self._count_sims()
        run = self._run_lane(lane, self._lane_tasks.get(label))
        self._lane_tasks[label] = asyncio.create_task(run, name=f"queue.lane.{label}")

    def modem_lost(self, label: str) -> None:
        """The modem is gone: nothing more begins on it."""
        lane = self._lanes.pop(label, None)
        if lane is not None:
            lane.close()
            self._count_sims()

    def _count_sims(self) -> None:
        self._claimer.candidates.present(
            {lane.sim.imsi: lane.account.standing for lane in self._lanes.values()}
        )

    def pause(self, label: str) -> bool:
        """Let the modem begin nothing more until :meth:`resume`; whether there is such a modem."""
        lane = self._lanes.get(label)
        if lane is not None:
            lane.pause()
        return lane is not None

    def resume(self, label: str) -> bool:
        """Let the modem go on; whether there is such a modem."""
        lane = self._lanes.get(label)
        if lane is not None:
            lane.resume()
        return lane is not None

    def hold_ordinary(self, held: bool) -> None:
        """Begin nothing but emergencies while ``held``: nobody knows what time it is."""
        self._held = held
        for lane in self._lanes.values():
            lane.hold(held)

    def clock_moved(self, by: int) -> None:
        """Our time went on by ``by`` microseconds at once."""
        for lane in self._lanes.values():
            lane.clock_moved(by)

    def wake(self, priority: Priority | None = None) -> None:
        """Something became eligible. Call it after the commit (``uow.on_commit``).

        ``priority``: of what it was, when known. An emergency that is not announced waits for
        the next tick.
        """
        if priority is None or priority == Priority.EMERGENCY:
            self._gate.raise_()
        # Those that idle ask in this order: where there is less than one message for each, it decides.
        idle = [lane for lane in self._lanes.values() if lane.state == "idle"]
        if len(idle) > 1:
            for label in in_order([lane.offer() for lane in idle]):
                self._lanes[label].poke()
        for lane in self._lanes.values():
            lane.poke()

    def can_command(self, imsi: str) -> bool:
        """Whether the SIM is in a modem that can send an SMS-COMMAND. Any thread."""
        return any(l.sim.imsi == imsi and l.sim.can_command for l in list(self._lanes.values()))

    def status(self) -> list[LaneStatus]:
        """What each ready modem does now."""
        now = self._store.now
        return [
            LaneStatus(
                label,
                lane.sim.imsi,
                lane.state,
                lane.account.ledger.used(now),
                lane.account.pace.gap / SECOND,
                lane.offer().weight,
            )
            for label, lane in sorted(self._lanes.items())
        ]

    def capacity(self) -> list[Capacity]:
        """The SIMs that take ordinary work, for an estimate."""
        if self._held:
            return []
        now = self._store.now
        return [
            Capacity(
                lane.sim.imsi,
                lane.account.free_at(now),
                lane.account.pace.gap,
                lane.account.ledger.windows,
                lane.account.ledger.sent,
            )
            for lane in self._lanes.values()
            if not (lane.paused or lane.closing)
        ]

    async def stop(self, grace: float = 4.0) -> None:
        """Begin nothing more, wait ``grace`` seconds for what is on the air, then write it down.

        What has no answer by then is in doubt; what was prefetched goes back. At most
        ``grace`` + 1 seconds.
        """
        if self._stopping or self._works is None:
            return
        self._stopping = True
        works, lanes = self._works, list(self._lanes.values())
        works.settler.linger = 0.0
        if self._ticker is not None:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker
        for label in list(self._lanes):
            self.modem_lost(label)
        await self._finish(grace)
        for lane in lanes:
            lane.abandon()
        await self._finish(_LAST)
        for task in self._lane_tasks.values():
            task.cancel()
        await asyncio.gather(*self._lane_tasks.values(), return_exceptions=True)
        await works.settler.finish(_LAST)
        works.ring.close()

    async def _run_lane(self, lane: Lane, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        try:
            while not lane.closing:
                try:
                    await lane.run()
                except Exception as error:  # noqa: BLE001 - a defect must not cost a modem
                    log = structlog.get_logger()
                    log.error("lane_failed", modem=lane.sim.modem, error=type(error).__name__)
                    await asyncio.sleep(_AGAIN)
        finally:
            if self._lanes.get(lane.sim.modem) is lane:
                del self._lanes[lane.sim.modem]
                self._count_sims()

    async def _tick_forever(self) -> None:
        while True:
            try:
                await self._tick()
            except Exception as error:  # noqa: BLE001 - the clock must not stop
                structlog.get_logger().error("tick_failed", error=type(error).__name__)
            self.ticked_at = asyncio.get_running_loop().time()
            await asyncio.sleep(TICK)

    async def _tick(self) -> None:
        todo = await self._store.read(partial(chores, now=self._store.now))
        woke = False
        if todo.due or todo.expired or todo.doubtful or self._units.recalling:
            woke = await self._store.write(partial(self._units.do_chores, chores=todo))
        if woke or (todo.queued and any(lane.state == "idle" for lane in self._lanes.values())):
            self.wake()

    async def _finish(self, seconds: float) -> None:
        running = [task for task in self._lane_tasks.values() if not task.done()]
        if running:
            await asyncio.wait(running, timeout=seconds)
