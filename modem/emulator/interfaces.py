"""The other ttys of a device: a second AT port, a diagnostic port, ports that answer nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .dialogue import Dialogue
from .make import Interface
from .wire import Line, Wire

if TYPE_CHECKING:
    from .device import Device

POSITION = b"$GPRMC,010000.00,V,,,,,,,231120,,,N*78\r\n"


class Siblings:
    """The ports of a device beside its first AT port. None, where there is only that."""

    def __init__(self, device: Device, lines: Sequence[Line]) -> None:
        others = [one for one in device.unit.persona.interfaces if one.role != "at"]
        self.misused = 0
        """Bytes written to a diagnostic port."""
        self.second: Dialogue | None = None
        self._device = device
        self._lines = dict(zip(others, lines, strict=False))
        for interface, line in self._lines.items():
            if interface.role == "at2":
                wire = Wire(line, device.later, device.unit.persona.line_end)
                self.second = Dialogue(device, wire, second=True)

    def receive(self, interface: Interface, data: bytes) -> None:
        """Take bytes from the terminal, at one of these ports."""
        device = self._device
        if device.state != "on":
            return
        match interface.role:
            case "at2" if self.second is not None:
                if device.unit.persona.wakes_second:
                    device.dead_port = False
                self.second.receive(data)
            case "diag":
                self.misused += len(data)
            case "nmea":
                self._lines[interface].write(POSITION)
            case _:
                pass

    def pull(self) -> None:
        """Vanish."""
        for line in self._lines.values():
            line.unplug()

    def push(self) -> None:
        """Come back."""
        for line in self._lines.values():
            line.replug()

    def reset(self) -> None:
        """Forget what was typed, as at power-up."""
        if self.second is not None:
            self.second.wire.reset()
            self.second.reset()
