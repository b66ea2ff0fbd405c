"""Between the bank's modems and the lanes: where only registered SIMs may send, the register decides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from ..estate.sims import Doubt
from ..modem.listener import ModemReady
from ..store.errors import StoreError


class Lanes(Protocol):
    """The dispatcher's side of modems that come and go."""

    def modem_ready(self, label: str, imsi: str, *, can_command: bool) -> None:
        """A modem takes work."""

    def modem_lost(self, label: str) -> None:
        """It takes none any more."""


class Register(Protocol):
    """The register of SIMs and modems, as it is needed here."""

    @property
    def required(self) -> bool:
        """Whether what is not registered must not be used."""
        ...

    def on_change(self, listener: Callable[[], None]) -> None:
        """Have ``listener`` called on the event loop after every entry made by hand."""
        ...

    async def seen(self, label: str, imei: str, imsi: str, iccid: str) -> Doubt:
        """Enter what a modem reports; what is wrong with it, empty: nothing."""
        ...


class Admission:
    """Everything is called on the event loop."""

    def __init__(self, lanes: Lanes, register: Register) -> None:
        self.refused: dict[str, str] = {}
        """Modems that could send and may not, with the reason."""
        self._lanes = lanes
        self._register = register
        self._present: dict[str, ModemReady] = {}
        self._admitted: set[str] = set()
        self._asking: set[asyncio.Task[None]] = set()
        self._log = structlog.get_logger("modem")
        register.on_change(self._review)

    def ready(self, ready: ModemReady) -> None:
        """A modem takes work, if it may."""
        self._present[ready.label] = ready
        if not self._register.required:
            self._admit(ready)
        self._ask(ready)

    def lost(self, label: str) -> None:
        """A modem takes none any more."""
        self._present.pop(label, None)
        self.refused.pop(label, None)
        self._admitted.discard(label)
        self._lanes.modem_lost(label)

    def _review(self) -> None:
        """The register changed: what was refused may be used, or the other way round."""
        if self._register.required:
            for ready in self._present.values():
                self._ask(ready)

    def _ask(self, ready: ModemReady) -> None:
        task = asyncio.get_running_loop().create_task(self._decide(ready))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _decide(self, ready: ModemReady) -> None:
        try:
            doubt = await self._register.seen(ready.label, ready.imei, ready.imsi, ready.iccid)
        except StoreError as error:
            self._log.error("SIM not entered", modem=ready.label, error=type(error).__name__)
            doubt = "sim_unregistered"
        if not self._register.required or self._present.get(ready.label) is not ready:
            return
        if not doubt:
            self._admit(ready)
        else:
            self._refuse(ready.label, doubt)

    def _admit(self, ready: ModemReady) -> None:
        self.refused.pop(ready.label, None)
        if ready.label not in self._admitted:
            self._admitted.add(ready.label)
            self._lanes.modem_ready(ready.label, ready.imsi, can_command=ready.can_command)

    def _refuse(self, label: str, doubt: str) -> None:
        self._log.warning("modem refused", modem=label, reason=doubt)
        self.refused[label] = doubt
        if label in self._admitted:
            self._admitted.discard(label)
            self._lanes.modem_lost(label)
