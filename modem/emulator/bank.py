"""The bank: N emulated modems on ptys (or TCP ports) in one loop."""

from __future__ import annotations

import json
import signal
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from .agenda import Agenda
from .airlog import AIR_LOG, AirLog
from .control import Answer, BankControl, ModemStatus, Request
from .device import Device
from .director import Director
from .errors import ControlError
from .loop import Loop
from .make import Interface
from .memory import resume
from .rack import Rack
from .settings import Settings
from .smsc import Smsc

MOST_MODEMS = 256


class EmulatedBank:
    """N modems, their ports ``D/modem0`` … (and ``D/modem0.if03`` …), the control socket and the air log in ``directory``.

    ``serve()`` blocks until ``stop()``; ``with EmulatedBank(…) as bank`` serves in a thread.
    The ports are open when the constructor returns.
    """

    def __init__(self, count: int, directory: Path | str, settings: Settings | None = None) -> None:
        if not 1 <= count <= MOST_MODEMS:
            raise ControlError(f"a bank has 1 to {MOST_MODEMS} modems")
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.control = BankControl(self.directory)
        self._settings = settings if settings is not None else Settings()
        self._thread: threading.Thread | None = None
        with ExitStack() as opening:
            agenda = Agenda()
            self.loop = Loop(agenda)
            opening.callback(self.loop.close)
            air_log = AirLog(self.air_log)
            opening.callback(air_log.close)
            self._smsc = Smsc(self._settings, agenda, air_log)
            self._devices: list[Device] = []
            self._rack = Rack(self.loop, self.directory, self._settings, self._received)
            opening.callback(self._rack.unplug)
            for index in range(count):
                port, others = self._rack.open(index)
                self._devices.append(
                    Device(index, port, self._smsc, air_log, agenda, self._settings, others)
                )
            sims = frozenset(device.identity.imsi for device in self._devices)
            resume(self._smsc, air_log.earlier, sims)
            air_log.earlier.clear()
            director = Director(self.loop, self.directory, self._obey)
            opening.callback(director.close)
            self._closing = opening.pop_all()

    @property
    def ports(self) -> list[str]:
        """What a driver opens, in the order of the modems."""
        return self._rack.names

    @property
    def air_log(self) -> Path:
        """Where the air log is (``airlog.read_air_log``)."""
        return self.directory / AIR_LOG

    def serve(self) -> None:
        """Run all modems until ``stop``; returns with every port and file closed."""
        with self._closing:
            self.loop.run()

    def stop(self) -> None:
        """End ``serve``; from any thread or a signal handler, once."""
        self.loop.stop()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve, name="emulated bank", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._thread is not None
        if self._thread.is_alive():
            self.stop()
        self._thread.join()

    def _received(self, index: int, interface: Interface | None, data: bytes) -> None:
        """Hand bytes from a port to its device; None: its first port."""
        device = self._devices[index]
        if interface is None:
            device.receive(data)
        else:
            device.siblings.receive(interface, data)

    def _obey(self, request: Request) -> Answer:
        """Carry out a request of the control socket."""
        if request.rule is not None:
            self._smsc.add_rule(request.rule)
        if request.inbound is not None:
            device = self._device(request.inbound.modem)
            self._smsc.inbound(device.identity.imsi, request.inbound)
        if request.ring is not None:
            ring = request.ring
            self._device(ring.modem).calls.ring(ring.caller, ring.rings)
        if (fault := request.as_fault()) is not None:
            struck = self._devices if request.modem is None else [self._device(request.modem)]
            for device in struck:
                if fault.kind == "renumber":
                    self._rack.rename(device.index)
                device.strike(fault)
        if not request.status:
            return Answer(ok=True)
        modems = tuple(self._status(device) for device in self._devices)
        return Answer(ok=True, modems=modems, pending=len(self._smsc.pending))

    def _device(self, index: int) -> Device:
        if not 0 <= index < len(self._devices):
            raise ControlError(f"no modem {index}; there are 0 to {len(self._devices) - 1}")
        return self._devices[index]

    def _status(self, device: Device) -> ModemStatus:
        return ModemStatus(
            device.index,
            self._rack.names[device.index],
            device.identity.imei,
            device.identity.imsi,
            device.identity.number,
            device.state,
            device.sending.sent,
            self._settings.make(device.index),
            device.identity.iccid,
            self._rack.others(device.index),
            device.siblings.misused,
            device.calls.state,
            device.calls.refused,
        )


def run_bank(
    count: int,
    directory: Path | str,
    settings: Settings | None = None,
    *,
    die_with_stdin: bool = False,
) -> int:
    """Run a bank in the foreground; returns the exit status.

    Prints ``{"ready": true, "ports": […]}`` on stdout once the ports are open. Ends cleanly on
    SIGTERM and SIGINT and, with ``die_with_stdin``, when stdin reaches its end.
    """
    bank = EmulatedBank(count, directory, settings)

    def stop(number: int, frame: FrameType | None) -> None:
        bank.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    if die_with_stdin:
        bank.loop.watch_end(sys.stdin.fileno())
    with suppress(BrokenPipeError):
        sys.stdout.write(json.dumps({"ready": True, "ports": bank.ports}) + "\n")
        sys.stdout.flush()
    bank.serve()
    for number in (signal.SIGTERM, signal.SIGINT):  # a second one finds the interpreter going down
        signal.signal(number, signal.SIG_IGN)
    return 0
