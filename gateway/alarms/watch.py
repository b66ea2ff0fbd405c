"""Looks at the gateway every few seconds, keeps its alarms, and has the duty phones told."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import structlog
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client import Counter as Total

from ...modem.state import ModemStatus
from ...queue.dispatch import LaneStatus
from ...store.clock import SECOND
from ...store.errors import StoreError
from ...store.store import Store
from ..notify import notify
from . import book, rules
from .duty import Duty, Sender
from .picture import Key, Modem, Picture
from .rules import Memory
from .words import sentence

EVERY = 2.0
"""Seconds between two looks."""
_SLOW = 5
"""The database is asked at every fifth look."""
_PLMN = 5
_USABLE = frozenset({"ready", "sending", "resting"})
_SERVED = _USABLE | {"searching"}


class Used(Protocol):
    """How much of a quota is used."""

    @property
    def used(self) -> int:
        """Parts."""
        ...

    @property
    def limit(self) -> int:
        """Parts."""
        ...


class Sources:
    """Where the picture comes from; all cheap."""

    def __init__(
        self,
        *,
        statuses: Callable[[], Sequence[ModemStatus]],
        lanes: Callable[[], Sequence[LaneStatus]],
        quotas: Callable[[str, LaneStatus | None], Mapping[str, Used]],
        standing: Callable[[], frozenset[Key]],
        ballast_given: Callable[[], bool],
        clock: Callable[[], str],
        moment: Callable[[], float] = time.monotonic,
    ) -> None:
        self.statuses = statuses
        self.lanes = lanes
        self.quotas = quotas
        self.standing = standing
        self.ballast_given = ballast_given
        self.clock = clock
        self.moment = moment


class AlarmWatch:
    """One for the process."""

    def __init__(
        self, store: Store, folder: str, sources: Sources, duty: Duty, registry: CollectorRegistry
    ) -> None:
        self._store = store
        self._folder = folder
        self.sources = sources
        self.duty = duty
        self._memory = Memory()
        self._waiting = book.Waiting({}, None)
        self._looks = 0
        self._shown: frozenset[Key] = frozenset()
        self._open = Gauge("estate_sms_alarm", "Alarms that stand", ["code"], registry=registry)
        self._raised = Total("estate_sms_alarms", "Alarms raised", ["code"], registry=registry)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except StoreError as error:
                structlog.get_logger("alarm").warning("alarm not kept", error=str(error))
            except Exception as error:  # noqa: BLE001 - the watch must not end
                name = type(error).__name__
                structlog.get_logger("alarm").error("alarm watch failed", error=name)
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Once: what changed goes into feed and log, then to the duty phones."""
        if self._looks % _SLOW == 0:
            self._waiting = await self._store.read(book.waiting)
            await self.duty.repeat()
        self._looks += 1
        standing = await self._store.read(book.open_keys)
        memory, changes = rules.step(self._memory, self._picture(), standing)
        if changes:
            # Only what is on record is forgotten here: a full disk raises it again.
            await self._store.write(lambda uow: book.write(uow, changes))
            for change in changes:
                if change.raised:
                    self._raised.labels(change.key[0]).inc()
            standing = await self._store.read(book.open_keys)
        self._memory = memory
        self._show(standing)
        await self.duty.tell(self._senders())

    def _show(self, standing: frozenset[Key]) -> None:
        self._open.clear()
        if standing != self._shown:
            self._shown = standing
            words = "; ".join(sentence(code, ref, "en") for code, ref in sorted(standing))
            notify(f"STATUS={words or 'all is well'}")
        for code, count in Counter(code for code, _ in standing).items():
            self._open.labels(code).set(count)

    def _picture(self) -> Picture:
        sources, now = self.sources, self._store.now
        lanes = {lane.modem: lane for lane in sources.lanes()}
        standing = sources.standing()
        oldest, doubt = self._waiting.oldest, self._waiting.doubt
        return Picture(
            at=sources.moment(),
            modems=tuple(
                self._modem(status, lanes.get(status.label), standing)
                for status in sources.statuses()
            ),
            oldest={name: (now - at) / SECOND for name, at in oldest.items()},
            oldest_doubt=0.0 if doubt is None else (now - doubt) / SECOND,
            disk_free=shutil.disk_usage(self._folder).free,
            ballast_given=sources.ballast_given(),
            clock=sources.clock(),
        )

    def _modem(
        self, status: ModemStatus, lane: LaneStatus | None, standing: frozenset[Key]
    ) -> Modem:
        label = status.label
        quotas = self.sources.quotas(label, lane) if lane else dict[str, Used]()
        total = status.storage_total
        return Modem(
            label=label,
            usable=status.state in _USABLE,
            searching=status.state == "searching",
            operator=status.imsi[:_PLMN],
            standing=frozenset(code for code, ref in standing if ref == label),
            served=status.state in _SERVED,
            quotas={name: (quota.used, quota.limit) for name, quota in quotas.items()},
            storage=(status.storage_used or 0, total) if total else None,
            resets=status.resets,
        )

    def _senders(self) -> list[Sender]:
        signals = {status.label: status.signal or 0 for status in self.sources.statuses()}
        return [
            Sender(
                lane.modem, lane.imsi, lane.imsi[:_PLMN], signals.get(lane.modem, 0),
                lane.state in {"idle", "sending"},
            )
            for lane in self.sources.lanes()
            if lane.state not in {"paused", "closed"}
        ]  # fmt: skip
