"""What a modem receives: straight to us or through its storage, on its way to the owner."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import structlog

from .at.library import CommandError
from .at.modem import GatewayModem
from .at.opening import Opening
from .at.router import Event
from .at.routing import route, routes
from .at.storage import Level, Storage, Stored, indicated
from .pdu import Deliver, PduError, StatusReport, decode_inbound

if TYPE_CHECKING:
    from .worker import Worker

Chore = Callable[[], None]
_FULL = 0.8
_LATE = 3
"""Acknowledgements in a row that the modem refused, after which it does without them."""
_MEMORIES = ("SR", "SM", "ME")
_KEPT_UNREAD = 5
"""Stored messages nobody could decode that are left where they are; a SIM may hold ten in all."""


class Received:
    """One session's intake. Everything runs in the modem's thread but :meth:`free_later`."""

    def __init__(
        self, worker: Worker, modem: GatewayModem, opening: Opening, chores: Callable[[Chore], None]
    ) -> None:
        self._worker = worker
        self._modem = modem
        self._profile = opening.profile
        self._routing = opening.routing
        self._late = 0
        self._later = chores
        self._timeout = worker.config.command_timeout
        listing = "cmgl_hangs" not in opening.profile.quirks
        self._storage = Storage(modem, self._timeout, listing=listing)

    # -- straight to us -----------------------------------------------------------------------

    def direct(self, event: Event) -> None:
        """A report or message that came in full: there is nothing to delete, perhaps to confirm."""
        if event.line.startswith("+CBM"):
            return  # cell broadcast
        done = None
        if self._routing.acknowledges:
            done = partial(self._worker.chore, self, self._acknowledge)
        length = event.line.replace(":", ",").rpartition(",")[2].strip()
        item = self._decoded(event.pdu, int(length) if length.isdecimal() else None)
        if item is None or self._rubbish(item):
            if done is not None:
                self._later(self._acknowledge)
            return
        self._worker.sink.heard(self._worker.told, item, done)

    def _acknowledge(self) -> None:
        """Let the next one come (3GPP TS 27.005 §4.6)."""
        try:
            self._modem.ask("AT+CNMA", self._timeout)
        except CommandError:
            self._late += 1  # then the network has it back, and sends it again
            self._route()
        else:
            self._late = 0

    def _route(self) -> None:
        """Start what the modem stopped, as the clause asks of it, when an acknowledgement was late."""
        self._routing = route(
            self._modem, self._profile, self._timeout, acknowledging=self._late < _LATE
        )

    # -- storage ------------------------------------------------------------------------------

    def indicated(self, line: str) -> None:
        """``+CMTI``, ``+CDSI``, or a line that says the storage is full."""
        place = indicated(line)
        self._later(partial(self._fetch, *place) if place else self.sweep)

    def sweep(self) -> None:
        """Everything received while nobody listened."""
        current = self._storage.current()
        receiving = [level.memory for level in self._storage.levels[2:3]]
        for memory in dict.fromkeys((current, *receiving, *_MEMORIES)):
            try:
                found = self._storage.received(memory)
            except CommandError:
                continue  # no such memory here
            for stored in found:
                self._offer(stored)

    def watch(self) -> None:
        """Look how full it is, make room and raise an alarm in time; look whether it still routes."""
        routing = self._routing
        if routing.acknowledges and not routes(self._modem, routing.new_messages, self._timeout):
            self._route()
        level = self._storage.measure()
        if level is None:
            return
        filling = level.used > level.total * _FULL
        self._worker.alarm("storage_filling", raised=filling)
        self._worker.note(storage_used=level.used, storage_total=level.total)
        if filling:
            self._make_room(level)
            self.sweep()

    def _make_room(self, level: Level) -> None:
        unread = self._worker.unread
        while unread and level.used >= level.total - 1:
            self._drop(next(iter(unread)))
            level = level._replace(used=level.used - 1)

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
        if stored in worker.unread:
            return
        item = self._decoded(stored.pdu, stored.length)
        if item is None:
            self._keep_unread(stored)
            return
        worker.offered[stored] = "offered"
        if self._rubbish(item):
            worker.durable(stored)
            return
        worker.sink.heard(worker.told, item, partial(worker.durable, stored))

    def free_later(self, stored: Stored) -> None:
        """Delete ``stored`` when the modem is free; from any thread."""
        self._later(partial(self._free, stored))

    def _free(self, stored: Stored) -> None:
        self._storage.delete(stored.memory, stored.place)
        self._worker.offered.pop(stored, None)

    # -- what nobody can read -----------------------------------------------------------------

    def _decoded(self, pdu: str, length: int | None) -> Deliver | StatusReport | None:
        try:
            return decode_inbound(pdu, length=length)
        except PduError as error:
            label = self._worker.config.label
            structlog.get_logger().warning("undecodable PDU", modem=label, error=str(error))
            return None

    def _keep_unread(self, stored: Stored) -> None:
        """It stays where it is, for nobody has it; but not so many that nothing else comes in."""
        unread = self._worker.unread
        unread[stored] = None
        if len(unread) > _KEPT_UNREAD:
            self._drop(next(iter(unread)))

    def _drop(self, stored: Stored) -> None:
        self._worker.unread.pop(stored, None)
        self._storage.delete(stored.memory, stored.place)
        self._count()
        self._worker.alarm("undecodable", raised=True)

    def _rubbish(self, item: Deliver | StatusReport) -> bool:
        """Whether it is addressed to a program in a handset: WAP push, settings, ring tones."""
        if not isinstance(item, Deliver) or item.destination_port is None:
            return False
        if item.text:
            return False
        self._count()
        return True

    def _count(self) -> None:
        self._worker.note(discarded=self._worker.status.discarded + 1)
