"""Incoming calls: rung, told, taken or refused (3GPP TS 27.007 §6.11, §7.6, §7.18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from .replies import NOT_ALLOWED, CommandError
from .syntax import Call

if TYPE_CHECKING:
    from .device import Device

CallState = Literal["none", "ringing", "active"]


class Calls:
    """At most one call of a modem."""

    def __init__(self, device: Device) -> None:
        self.state: CallState = "none"
        self.refused = 0
        """Calls the terminal has hung up before taking them."""
        self._device = device
        self._caller = ""
        self._serial = 0

    def reset(self) -> None:
        """Forget the call, as a power cut does."""
        self.state = "none"
        self._serial += 1

    def ring(self, caller: str, rings: int) -> None:
        """Somebody calls and gives up after ``rings``; nothing while another call is on."""
        if self.state != "none" or not self._device.registered:
            return
        self.state, self._caller = "ringing", caller
        self._serial += 1
        self._ring(self._serial, rings)

    def _ring(self, serial: int, rings: int) -> None:
        device = self._device
        if self._serial != serial or self.state != "ringing":
            return
        if rings == 0:
            self.reset()
            device.receiving.announce(b"\r\nNO CARRIER\r\n")
            return
        lines = "\r\n+CRING: VOICE\r\n" if device.unit.value("+CRC") == "1" else "\r\nRING\r\n"
        if device.unit.value("+CLIP") == "1":
            lines += f'\r\n+CLIP: "{self._caller}",145,"",0,"",0\r\n'
        device.receiving.announce(lines.encode())
        device.later(
            device.settings.timing.ring.draw(device.rng), lambda: self._ring(serial, rings - 1)
        )

    def answer(self, call: Call) -> list[str]:
        """``ATA``, ``ATH``, ``AT+CHUP``, ``AT+CLCC``."""
        if call.name == "+CLCC":
            return self._list() if call.operation == "run" else []
        if call.name == "A":
            if self.state != "ringing":
                raise CommandError(NOT_ALLOWED)
            self.state = "active"
            self._serial += 1
            return []
        if call.operation in ("run", "set") and self.state != "none":
            self.refused += self.state == "ringing"
            self.reset()
        return []

    def _list(self) -> list[str]:
        if self.state == "none":
            return []
        return [f'+CLCC: 1,1,{4 if self.state == "ringing" else 0},0,0,"{self._caller}",145']
