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
from .persona import persona
from .ports import Port, PtyPort, TcpPort
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
            self._stems = [f"modem{index}" for index in range(count)]
            self._next_stem = count
            self._ports: list[Port] = []
            self._others: list[dict[Interface, PtyPort]] = []
            _remove_stale_links(self.directory)
            for index in range(count):
                others = self._open_others(index)
                self._others.append(others)
                self._ports.append(self._open(index))
                for port in (self._ports[index], *others.values()):
                    opening.callback(port.unplug)
                self._devices.append(
                    Device(
                        index,
                        self._ports[index],
                        self._smsc,
                        air_log,
                        agenda,
                        self._settings,
                        list(others.values()),
                    )
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
        return [port.name for port in self._ports]

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

    def _open(self, index: int) -> Port:
        def received(data: bytes) -> None:
            self._devices[index].receive(data)

        if self._settings.tcp:
            return TcpPort(self.loop, received)
        return PtyPort(self.loop, lambda: self.directory / self._stems[index], received)

    def _open_others(self, index: int) -> dict[Interface, PtyPort]:
        """The device's other ttys, ``modem0.if03`` and the like; none over TCP."""
        if self._settings.tcp:
            return {}
        interfaces = persona(self._settings.make(index)).interfaces
        return {one: self._open_other(index, one) for one in interfaces if one.role != "at"}

    def _open_other(self, index: int, interface: Interface) -> PtyPort:
        return PtyPort(
            self.loop,
            lambda: self.directory / f"{self._stems[index]}.if{interface.number:02}",
            lambda data: self._devices[index].siblings.receive(interface, data),
        )

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
                    self._stems[device.index] = f"modem{self._next_stem}"
                    self._next_stem += 1
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
            self._ports[device.index].name,
            device.identity.imei,
            device.identity.imsi,
            device.identity.number,
            device.state,
            device.sending.sent,
            self._settings.make(device.index),
            device.identity.iccid,
            {one.role: port.name for one, port in self._others[device.index].items()},
            device.siblings.misused,
            device.calls.state,
            device.calls.refused,
        )


def _remove_stale_links(directory: Path) -> None:
    """Links a killed bank left behind: nobody is to open what they point at now."""
    for link in directory.glob("modem*"):
        if link.is_symlink():
            link.unlink()


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
    return 0
