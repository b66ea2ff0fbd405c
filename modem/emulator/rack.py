"""The ports of a bank and their names: ``modem0``, ``modem0.if03``, or TCP addresses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .loop import Loop
from .make import Interface
from .persona import persona
from .ports import Port, PtyPort, TcpPort
from .settings import Settings

Received = Callable[[int, Interface | None, bytes], None]
"""Called with the modem's index, the interface (None: the first AT port) and the bytes."""


class Rack:
    """Opens the ports of each device and names them; links a killed bank left are removed."""

    def __init__(self, loop: Loop, directory: Path, settings: Settings, received: Received) -> None:
        self._loop = loop
        self._directory = directory
        self._settings = settings
        self._received = received
        self._stems: list[str] = []
        self._renamed = 0
        self._firsts: list[Port] = []
        self._others: list[dict[Interface, PtyPort]] = []
        for link in directory.glob("modem*"):
            if link.is_symlink():
                link.unlink()

    @property
    def names(self) -> list[str]:
        """What a driver opens, in the order of the modems."""
        return [port.name for port in self._firsts]

    def others(self, index: int) -> dict[str, str]:
        """The other ports of a device by role."""
        return {one.role: port.name for one, port in self._others[index].items()}

    def open(self, index: int) -> tuple[Port, list[PtyPort]]:
        """The ports of the next device: its first AT port, and the others; none over TCP."""
        self._stems.append(f"modem{index}")
        interfaces = persona(self._settings.make(index)).interfaces
        others = {
            one: self._open_other(index, one)
            for one in interfaces
            if one.role != "at" and not self._settings.tcp
        }
        self._others.append(others)
        self._firsts.append(self._open_first(index))
        return self._firsts[index], list(others.values())

    def rename(self, index: int) -> None:
        """Give a device another name from its next plugging in on."""
        self._stems[index] = f"modem{len(self._stems) + self._renamed}"
        self._renamed += 1

    def unplug(self) -> None:
        """Close everything."""
        for port in self._firsts:
            port.unplug()
        for others in self._others:
            for port in others.values():
                port.unplug()

    def _open_first(self, index: int) -> Port:
        def received(data: bytes) -> None:
            self._received(index, None, data)

        if self._settings.tcp:
            return TcpPort(self._loop, received)
        return PtyPort(self._loop, lambda: self._directory / self._stems[index], received)

    def _open_other(self, index: int, interface: Interface) -> PtyPort:
        return PtyPort(
            self._loop,
            lambda: self._directory / f"{self._stems[index]}.if{interface.number:02}",
            lambda data: self._received(index, interface, data),
        )
