"""The record of who comes to the door: keys first used from somewhere, and callers turned away.

A flood of bad tokens must not become a flood of records: the first refusal of a source is recorded
at once, what follows within a minute as one record with its count.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter

import structlog

from ..store.errors import StoreError
from ..store.events import Event
from ..store.store import Store
from ..store.unit import UnitOfWork

WINDOW = 60.0
"""Seconds that refusals are counted before they are recorded again."""
_SOURCES = 256
"""Different sources in a window; what is beyond counts as one."""
_KNOWN = 4096
_DAY = 86_400_000_000


class Doorkeeper:
    """One for the application. Nothing here delays an answer."""

    def __init__(self, store: Store, window: float = WINDOW) -> None:
        self._store = store
        self._window = window
        self._refused: Counter[tuple[str, str, str]] = Counter()
        self._known: set[tuple[str, str, int]] = set()
        self._came: list[tuple[str, str]] = []
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def admitted(self, actor: str, source: str) -> None:
        """``actor`` showed a good token from ``source``; recorded once a day."""
        seen = (actor, source, self._store.now // _DAY)
        if seen in self._known:
            return
        if len(self._known) >= _KNOWN:
            self._known.clear()
        self._known.add(seen)
        self._came.append((actor, source))
        self._awake()

    def refused(self, source: str, code: str, actor: str = "") -> None:
        """Somebody at ``source`` was turned away with ``code``; ``actor`` if the token was good."""
        place = (source, code, actor)
        if place not in self._refused and len(self._refused) >= _SOURCES:
            place = ("others", "various", "")
        self._refused[place] += 1
        self._awake()

    async def close(self) -> None:
        """Record what is still counted; nothing is counted after that."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._flush()

    def _awake(self) -> None:
        if not self._closed and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while self._refused or self._came:
            await self._flush()
            await asyncio.sleep(self._window)

    async def _flush(self) -> None:
        refused, self._refused = self._refused, Counter()
        came, self._came = self._came, []
        events = [
            Event(kind="key", action="api_key.used", actor=actor, details={"source": source})
            for actor, source in came
        ]
        events += [
            Event(
                kind="key",
                action="api_key.refused",
                actor=actor or "unknown",
                result="refused",
                reason=code,
                details={"count": count, "source": source},
            )
            for (source, code, actor), count in refused.items()
        ]
        if not events:
            return

        def unit(uow: UnitOfWork) -> None:
            for event in events:
                uow.record(event)

        try:
            await self._store.write(unit)
        except StoreError as error:
            self._refused.update(refused)
            self._came = came + self._came
            structlog.get_logger().warning("http.refusals_unrecorded", error=type(error).__name__)
