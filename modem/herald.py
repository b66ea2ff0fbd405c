"""What the modems' threads have to tell, brought to the event loop: the workers' ``Sink``."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from functools import partial

from .listener import BankListener, ModemReady
from .news import seen_inbound, seen_report
from .offers import Offer, Offers
from .pdu import Deliver, StatusReport
from .state import ModemStatus
from .watcher import Alarm, BankWatcher, RecoveryStep

_LOOK = 0.02
"""Seconds until the loop looks again by itself after it was told something. What a modem received
waits for that: to wake the loop for each report costs more than to take it, and its commit waits longer."""


class Herald:
    """Tells ``listener`` and ``watcher``, in the order of the events."""

    def __init__(self, listener: BankListener, watcher: BankWatcher) -> None:
        self._listener = listener
        self._watcher = watcher
        self._offers = Offers()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._calls: deque[Callable[[], object]] = deque()
        self._rung = False
        self._look: asyncio.TimerHandle | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell on ``loop`` from now on."""
        self._loop = loop

    async def stop(self, grace: float) -> None:
        """See :meth:`.offers.Offers.stop`."""
        self._make_calls()
        await self._offers.stop(grace)
        if self._look is not None:
            self._look.cancel()

    def changed(self, old: ModemStatus, new: ModemStatus) -> None:
        """A worker's status changed."""
        self.call(self._tell, old, new)

    def late(self, attempt: int, tp_mr: int) -> None:
        """A worker heard the answer to an attempt whose time was over."""
        self.call(self._listener.late_reference, attempt, tp_mr)

    def heard(
        self, status: ModemStatus, item: Deliver | StatusReport, done: Callable[[], None] | None
    ) -> None:
        """A worker received a message or a status report."""
        offer: Offer
        if isinstance(item, StatusReport):
            offer = partial(self._listener.status_report, seen_report(status, item))
        else:
            offer = partial(self._listener.inbound, seen_inbound(status, item))
        self._calls.append(partial(self._offers.start, offer, done))
        if self._look is None:
            self._ring()

    def step(self, label: str, step: RecoveryStep) -> None:
        """A worker takes a recovery step."""
        self.call(self._watcher.recovery_step, label, step)

    def sim_changed(self, label: str, old: str, new: str) -> None:
        """A worker found another SIM."""
        self.call(self._watcher.sim_changed, label, old, new)

    def replaced(self, label: str, old: str, new: str) -> None:
        """A worker found another modem."""
        self.call(self._watcher.modem_replaced, label, old, new)

    def alarm(self, label: str, alarm: Alarm, raised: bool) -> None:
        """A worker raised or cleared an alarm."""
        self.call(partial(self._watcher.alarm, label, alarm, raised=raised))

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Run ``function`` on the loop, if there is still one; from any thread.

        A loop that was woken and has not come to look is not woken again: at many modems it is
        busy, and waking it costs more than most of what it is told.
        """
        self._calls.append(partial(function, *args))
        self._ring()

    def _ring(self) -> None:
        assert self._loop is not None
        if not self._rung:
            self._rung = True
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._make_calls)

    def _make_calls(self) -> None:
        assert self._loop is not None
        self._rung = False  # first: what is appended from now on rings again
        if self._look is None:
            self._look = self._loop.call_later(_LOOK, self._look_again)
        while self._calls:
            call = self._calls.popleft()
            try:
                call()
            except Exception as error:  # noqa: BLE001 - the others are told all the same
                told = {"message": "a modem's news were not taken", "exception": error}
                self._loop.call_exception_handler(told)

    def _look_again(self) -> None:
        self._look = None  # first, as above
        if self._calls:
            self._make_calls()

    def _tell(self, old: ModemStatus, new: ModemStatus) -> None:
        if old.state == "ready" and new.state != "ready":
            self._listener.modem_lost(new.label, new.reason or new.state)
        elif new.state == "ready" and old.state != "ready":
            self._listener.modem_ready(
                ModemReady(
                    label=new.label,
                    imei=new.imei,
                    imsi=new.imsi,
                    iccid=new.iccid,
                    can_command=new.can_command,
                )
            )
        self._listener.modem_changed(new)
