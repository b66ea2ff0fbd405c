"""Tells the duty phones of alarms by SMS: once each, not too many, and never through what is sick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Protocol

import structlog

from ...policy.errors import Language, PolicyError
from ...store.clock import SECOND, to_datetime
from ...store.errors import StoreError
from ...store.store import Store
from ...store.unit import UnitOfWork
from . import book
from .book import Row
from .rules import OF_MODEM
from .words import TOLD, notice

HOUR = 3_600 * SECOND
_FRESH = 24 * HOUR
_OF_SIM = frozenset({"sim_changed"})
"""Happenings about a modem that no SMS should go through."""
_TOGETHER = 4
"""Alarms in one SMS."""
_AGAIN = 1_800 * SECOND
"""A notice that reached nobody is repeated for so long after it was sent."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A SIM that could send now."""

    label: str
    imsi: str = field(repr=False)
    operator: str
    signal: int
    free: bool
    """Whether it neither rests nor is paused."""


class Door(Protocol):
    """The desk's side."""

    async def tell_duty(
        self, numbers: Sequence[str], text: str, imsi: str,
        also: Callable[[UnitOfWork, str], None],
    ) -> str:  # fmt: skip
        """Send ``text`` through one SIM; ``also`` runs in the same unit with the batch's public id."""
        ...


class Duty:
    """One for the process. ``numbers``: E.164."""

    def __init__(
        self,
        store: Store,
        door: Door,
        numbers: Sequence[str],
        language: Language,
        per_hour: int,
        zone: tzinfo,
    ) -> None:
        self._store = store
        self._door = door
        self._numbers = numbers
        self._language: Language = language
        self._per_hour = per_hour
        self._zone = zone
        self.unable = ""
        """Why the latest alarm could not be told: ``no_modem``, ``too_many``; empty when it could."""

    async def tell(self, senders: Sequence[Sender]) -> int:
        """Send what there is to tell; how many alarms it was."""
        if not self._numbers:
            return 0
        now = self._store.now
        rows = await self._store.read(lambda c: book.untold(c, list(TOLD), now - _FRESH))
        if not rows:
            self.unable = ""
            return 0
        sick = await self._store.read(book.open_keys)
        chosen, sender = through(rows, senders, sick)
        if sender is None:
            self._cannot("no_modem", rows)
            return 0
        if await self._store.read(lambda c: book.told_since(c, now - HOUR)) >= self._per_hour:
            self._cannot("too_many", rows)
            return 0
        return await self._send(chosen, sender)

    async def repeat(self) -> None:
        """Have those told again whose SMS reached nobody."""
        if self._numbers:
            since = self._store.now - _AGAIN
            if await self._store.read(lambda c: book.failed_notices(c, since)):
                await self._store.write(lambda uow: book.tell_again(uow, since))

    async def _send(self, chosen: Sequence[Row], sender: Sender) -> int:
        text = notice(map(self._line, chosen), self._language)
        try:
            await self._door.tell_duty(
                self._numbers, text, sender.imsi, lambda uow, ref: book.note_told(uow, chosen, ref)
            )
        except (PolicyError, StoreError) as error:
            self._cannot(type(error).__name__, chosen)
            return 0
        self.unable = ""
        return len(chosen)

    def _line(self, row: Row) -> tuple[str, str, bool, datetime]:
        at = row.cleared_at if row.over and row.cleared_at is not None else row.raised_at
        return row.code, row.ref, row.over, to_datetime(at).astimezone(self._zone)

    def _cannot(self, why: str, rows: Sequence[Row]) -> None:
        """Say so here at least, once."""
        if why != self.unable:
            self.unable = why
            codes = sorted({row.code for row in rows})
            structlog.get_logger("alarm").error("duty phones not told", why=why, alarms=codes)


def through(
    rows: Sequence[Row], senders: Sequence[Sender], sick: frozenset[tuple[str, str]]
) -> tuple[list[Row], Sender | None]:
    """Which of ``rows`` go into one SMS, and through which SIM: none that an alarm is about.

    Pure. A modem with an alarm of its own is left out, and so is an operator that is down.
    """
    labels = {ref for code, ref in sick if code in OF_MODEM}
    labels |= {row.ref for row in rows if row.code in _OF_SIM}
    operators = {ref for code, ref in sick if code == "operator_down"}
    well = [s for s in senders if s.label not in labels and s.operator not in operators]
    if not well:
        return [], None
    best = max(well, key=lambda s: (s.free, s.signal, s.label))
    return list(rows[:_TOGETHER]), best
