"""What the desk's verbs share: the store behind them, and whether they take new work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..queue import batches
from ..queue.hours import SendingHours
from ..queue.recall import Ladder
from ..store.ballast import Ballast
from ..store.errors import StoreClosedError, StoreFullError
from ..store.events import Event
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from . import approvals
from .answers import BatchAnswer
from .errors import PolicyError
from .screening import Screening
from .settings import Settings

T = TypeVar("T")


class Door:
    """The part of the desk that knows no verb."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        hours: SendingHours,
        settings: Settings,
        screening: Screening,
        ladder: Ladder,
        ballast: Ballast | None,
    ) -> None:
        """``ballast``: what is given up for an emergency when the disk is full."""
        self.hours = hours
        """When which purpose may be sent."""
        self._store = store
        self._vault = vault
        self._settings = settings
        self._screening = screening
        self._ladder = ladder
        self._ballast = ballast
        self._closing = False

    def close(self) -> None:
        """Take no new work: every verb but ``check_filter`` answers ``closing`` (503)."""
        self._closing = True

    def _require_open(self) -> None:
        if self._closing:
            raise PolicyError("closing")

    async def _write(self, unit: Callable[[UnitOfWork], T]) -> T:
        self._require_open()
        try:
            return await self._store.write(unit)
        except StoreClosedError:
            raise PolicyError("closing") from None

    async def _record(self, event: Event) -> None:
        await self._write(lambda uow: uow.record(event))

    async def _write_send(self, unit: Callable[[UnitOfWork], T], *, emergency: bool) -> T:
        """On a full disk an emergency gets the ballast's space, and nothing else gets any."""
        ballast = self._ballast
        if ballast is not None and ballast.released and not emergency:
            raise StoreFullError("what space is left is kept for emergencies")
        try:
            return await self._write(unit)
        except StoreFullError:
            if ballast is None or not emergency or not ballast.release():
                raise
        return await self._write(unit)

    def _shown(self, uow: UnitOfWork, batch: str) -> BatchAnswer:
        counted = batches.counts(uow.connection, batch)
        return approvals.shown(uow, batch, counted, self.hours)
