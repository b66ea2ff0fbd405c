"""One open port, from the opening dialogue to its loss."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from .at.errors import ModemLost, SimError
from .at.library import CommandError, TimeoutException
from .at.modem import GatewayModem
from .at.opening import Pin, network, open_dialogue
from .at.router import Event, late_reference
from .at.storage import Storage, Stored, indicated
from .pdu import PduError, decode_inbound
from .state import REGISTERED
from .vendors.profile import LTE_TIMEOUT

if TYPE_CHECKING:
    from .worker import Worker

_SEARCH_INTERVAL = 2.0
_STORED_NEWS = ("+CMTI:", "+CDSI:", "^SMMEMFULL")
_REGISTRATION_NEWS = ("+CREG:", "+CGREG:", "+CEREG:")
_SIM_GONE = ("+CPIN: NOT", "+QUSIM: 0", "^SIMST:0", "^SIMST: 0")


class Session:
    """What the worker's thread does with one open port. ``in_service``: it got past the opening."""

    def __init__(self, worker: Worker, pin: Pin) -> None:
        config = worker.config
        self.modem = GatewayModem(
            config.port,
            config.baudrate,
            urc=self._heard,
            waker=worker.waker,
            prompt_timeout=config.prompt_timeout,
            submit_timeout=config.submit_timeout or LTE_TIMEOUT,
            inter_phase_delay=config.inter_phase_delay or 0.0,
            rtscts=config.rtscts,
        )
        self.in_service = False
        self._worker = worker
        self._config = config
        self._pin = pin
        self._storage = Storage(self.modem, config.command_timeout)
        self._chores: deque[Callable[[], None]] = deque()
        self._next_poll = 0.0
        self._poll_noted = True

    def serve(self) -> None:
        """Open the port, then work until it is lost. Ends only by an exception."""
        worker = self._worker
        self.modem.connect()
        worker.session = self
        if worker.stopping:
            self.modem.stop()
        if worker.status.state == "absent":
            worker.set_status("starting")
        identity = open_dialogue(
            self.modem,
            self._pin,
            probe=self._config.probe_timeout,
            timeout=self._config.command_timeout,
        )
        worker.set_status(
            worker.status.state,
            worker.status.reason,
            imei=identity.imei,
            imsi=identity.imsi,
            iccid=identity.iccid,
            smsc=identity.smsc,
            maker=identity.maker,
            model=identity.model,
            can_command=identity.can_command,
        )
        self._poll()
        self.in_service = True
        self._chores.append(self._sweep)
        while True:
            self._step()

    def _step(self) -> None:
        """One order, then at most one chore; with neither, listen."""
        worker = self._worker
        worked = False
        if worker.orders:
            if worker.status.state == "ready":
                worker.send(self.modem, worker.orders.popleft())
            else:  # posted while it still was
                worker.flush(worker.status.reason)
            worked = True
        if self.modem.dirty:
            self._recover()
        if self._chores:
            self._do(self._chores.popleft())
            worked = True
        if worked:
            return
        left = self._next_poll - monotonic()
        if left <= 0:
            self._do(self._poll)
            return
        worker.idle = True
        if not worker.orders and not self._chores:
            self.modem.listen(left)
        worker.idle = False

    def _do(self, chore: Callable[[], None]) -> None:
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
        self._worker.set_status("resting", "timeout")
        self.modem.recover(self._config.recover_timeout)
        until = monotonic() + self._config.late_timeout
        while self._worker.in_doubt is not None and (left := until - monotonic()) > 0:
            self.modem.listen(left)
        self._poll()

    def _poll(self) -> None:
        """Ask for registration and signal; the answer decides between ready and searching."""
        self._poll_noted = True  # news that come meanwhile are old when it ends
        found = network(self.modem, self._config.command_timeout)
        self._poll_noted = False
        usable = found.registration is None or found.registration in REGISTERED
        interval = self._config.poll_interval
        self._next_poll = monotonic() + (interval if usable else min(interval, _SEARCH_INTERVAL))
        self._worker.set_status(
            "ready" if usable else "searching",
            "" if usable else "not_registered",
            registration=found.registration,
            signal=found.signal,
            operator=found.operator,
        )

    def _poll_soon(self) -> None:
        if not self._poll_noted:
            self._poll_noted = True
            self._chores.append(self._poll)

    # -- what comes on its own ----------------------------------------------------------------

    def _heard(self, event: Event) -> bool:
        """Runs within whatever dialogue is pending, so it only notes what to do."""
        line = event.line
        if event.kind == "pdu":
            self._direct(event)
        elif event.kind == "late":
            self._late(line)
        elif event.kind == "urc":
            if line.startswith(_STORED_NEWS):
                place = indicated(line)
                self._chores.append(partial(self._fetch, *place) if place else self._sweep)
            elif line.startswith(_REGISTRATION_NEWS):
                self._poll_soon()
            elif self.in_service and line == "RDY":
                raise ModemLost("reset")  # nothing of the old dialogue will be answered
            elif self.in_service and line.startswith(_SIM_GONE):
                self._chores.appendleft(_sim_gone)
            else:
                return False
        return True

    def _late(self, line: str) -> None:
        attempt, self._worker.in_doubt = self._worker.in_doubt, None
        tp_mr = late_reference(line)
        if attempt is not None and tp_mr is not None:
            self._worker.sink.late(attempt, tp_mr)

    def _direct(self, event: Event) -> None:
        """A report or message that came straight to us: there is nothing to delete."""
        if event.line.startswith("+CBM"):
            return  # cell broadcast
        length = event.line.replace(":", ",").rpartition(",")[2].strip()
        try:
            item = decode_inbound(event.pdu, length=int(length) if length.isdecimal() else None)
        except PduError as error:
            self._undecodable(error)
            return
        self._worker.sink.heard(self._worker.status, item, None)

    # -- storage ------------------------------------------------------------------------------

    def _sweep(self) -> None:
        """Everything received while nobody listened."""
        self._storage.current()
        for stored in self._storage.received():
            self._offer(stored)

    def _fetch(self, memory: str, place: int) -> None:
        stored = self._storage.read(memory, place)
        if stored is not None:
            self._offer(stored)

    def _offer(self, stored: Stored) -> None:
        worker = self._worker
        known = worker.offered.get(stored)
        if known is not None:
            if known == "durable":  # its deletion failed when the port was lost
                self.free_later(stored)
            return
        try:
            item = decode_inbound(stored.pdu, length=stored.length)
        except PduError as error:
            self._undecodable(error)  # it stays where it is: nobody has it yet
            return
        worker.offered[stored] = "offered"
        worker.sink.heard(worker.status, item, partial(worker.durable, stored))

    def free_later(self, stored: Stored) -> None:
        """Delete ``stored`` when the modem is free; from any thread."""
        self._chores.append(partial(self._free, stored))

    def _free(self, stored: Stored) -> None:
        self._storage.delete(stored.memory, stored.place)
        self._worker.offered.pop(stored, None)

    def _undecodable(self, error: PduError) -> None:
        structlog.get_logger().warning(
            "undecodable PDU", modem=self._config.label, error=str(error)
        )


def _sim_gone() -> None:
    raise SimError("no_sim")
