"""One open port, from the opening dialogue to its loss."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from .at.answers import Answer
from .at.causes import NETWORK_CAUSES, OWN_CAUSES, SIM_CAUSES
from .at.errors import AilingError
from .at.library import CommandError, TimeoutException
from .at.modem import GatewayModem
from .at.opening import open_dialogue
from .at.sim import Pin
from .hearing import Hearing
from .received import Chore, Received
from .signs import Signs
from .telemetry import Telemetry
from .vendors.profile import LTE_TIMEOUT

if TYPE_CHECKING:
    from .worker import Worker

_AILING = OWN_CAUSES | {"cms:500", "cms:300", "cms:320", "cms:350"}
"""Refusals that say nothing of the message; so many in a row say something of the modem."""
_AILING_STREAK = 4
_STORAGE_CAUSES = frozenset({"cms:208", "cms:322", "cme:20"})


class Session:
    """What the worker's thread does with one open port. ``served_since``: it got past the opening."""

    def __init__(self, worker: Worker, device: str, pin: Pin) -> None:
        self._config = config = worker.config
        self._hearing = Hearing(self, worker)
        self.modem = GatewayModem(
            device,
            config.baudrate,
            urc=self._hearing.heard,
            waker=worker.waker,
            prompt_timeout=config.prompt_timeout,
            submit_timeout=config.submit_timeout or LTE_TIMEOUT,
            inter_phase_delay=config.inter_phase_delay or 0.0,
            rtscts=config.rtscts,
        )
        self.served_since: float | None = None
        self.received: Received | None = None
        self._worker = worker
        self._pin = pin
        self._telemetry: Telemetry | None = None
        self._chores: deque[Chore] = deque()
        self._next_poll = self._next_watch = 0.0
        self._poll_noted = True
        self._sim_doubt, self._streak = False, 0

    def serve(self) -> None:
        """Open the port, then work until it is lost. Ends only by an exception."""
        worker, config = self._worker, self._config
        self.modem.connect()
        if worker.status.state == "absent":
            worker.set_status("starting")
        opening = open_dialogue(
            self.modem,
            self._pin,
            probe=config.probe_timeout,
            timeout=config.command_timeout,
            profile=config.profile,
            switches=config.switches,
            attempts=config.ladder.attempts,
            smsc=config.smsc,
        )
        worker.recognise(opening, self.modem.port)
        if config.inter_phase_delay is None:
            self.modem.inter_phase_delay = opening.profile.inter_phase_delay
        self._telemetry = Telemetry(worker, self.modem, opening.profile)
        self.received = received = Received(worker, self.modem, opening, self.later)
        self._hearing.begin(Signs(opening.profile), received)
        worker.served()
        self._poll()
        self.served_since = monotonic()
        self._chores.append(received.sweep)
        while True:
            self._step()

    def later(self, chore: Chore) -> None:
        """Do ``chore`` when the modem is free; from any thread."""
        self._chores.append(chore)

    def doubt_sim(self) -> None:
        """The SIM may be another one, or gone."""
        self._sim_doubt = True

    def _step(self) -> None:
        """One order, then at most one chore; with neither, listen."""
        worker = self._worker
        worked = False
        if self._sim_doubt:
            self._sim_doubt = False
            self._do(self._check_sim)
        if worker.orders:
            if worker.told.state == "ready":
                self._learn(worker.send(self.modem, worker.orders.popleft()))
            else:  # posted while it still was
                worker.flush(worker.status.reason)
            worked = True
        if self.modem.dirty:
            self._recover()
        if self._chores:
            self._do(self._chores.popleft())
            worked = True
        if not worked:
            self._idle()

    def _idle(self) -> None:
        worker = self._worker
        now = monotonic()
        if now >= self._next_poll:
            self._do(self._poll)
        elif now >= self._next_watch:
            self._next_watch = now + self._config.poll_interval
            self._do(self._watch)
        else:
            worker.idle = True
            if not worker.orders and not self._chores:
                self.modem.listen(min(self._next_poll, self._next_watch) - now)
            worker.idle = False

    def _do(self, chore: Chore) -> None:
        """A chore the modem refuses is dropped; one it does not answer is followed by recovery."""
        try:
            chore()
        except CommandError as error:
            structlog.get_logger().info(
                "modem refused", modem=self._config.label, command=error.command
            )
        except TimeoutException:
            self._recover()

    def _recover(self) -> None:
        """Get back in step, and leave the answer that is still owed some time to come.

        A modem that answers other commands meanwhile may still answer the old one: in the middle
        of the next message nobody could tell the two references apart.
        """
        worker = self._worker
        worker.set_status("resting", "timeout")  # first: whoever has work for it looks elsewhere
        worker.flush("timeout")
        worker.climb("escape")
        self.modem.escape()
        worker.climb("attention")
        self.modem.recover(self._config.recover_timeout)
        until = monotonic() + self._config.late_timeout
        while worker.in_doubt is not None and (left := until - monotonic()) > 0:
            self.modem.listen(left)
        self._poll()

    def _learn(self, answers: list[Answer]) -> None:
        """What the answers to an order say about the modem itself."""
        for answer in answers:
            if answer.outcome == "accepted":
                self._streak = 0
            elif answer.cause in _AILING:
                self._streak += 1
        if self._streak >= _AILING_STREAK:
            raise AilingError("refuses")
        causes = {answer.cause for answer in answers}
        if causes & SIM_CAUSES:
            self.doubt_sim()
        if causes & NETWORK_CAUSES:
            self.poll_soon()
        if causes & _STORAGE_CAUSES and self.received is not None:
            self._chores.append(self.received.watch)

    # -- telemetry ----------------------------------------------------------------------------

    def _poll(self) -> None:
        """Ask for registration and signal; the answer decides between ready and searching."""
        assert self._telemetry is not None
        self._poll_noted = True  # news that come meanwhile are old when it ends
        found = self._telemetry.ask()
        self._poll_noted = False
        self._next_poll = monotonic() + self._telemetry.judge(found)

    def _watch(self) -> None:
        self._check_sim()
        if self.received is not None:
            self.received.watch()

    def _check_sim(self) -> None:
        if self._telemetry is not None:
            self._telemetry.check_sim()

    def poll_soon(self) -> None:
        """The network may be another one."""
        if not self._poll_noted:
            self._poll_noted = True
            self._chores.append(self._poll)
