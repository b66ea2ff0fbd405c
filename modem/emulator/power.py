"""Power of an emulated modem: cycles, restarts, ports that vanish and come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .device import Device

State = Literal["on", "hung", "booting", "off"]

LAST_WORDS = 0.02
"""Seconds from the OK to a command that restarts the device until its ports vanish."""
GONE = 0.1
"""Seconds for which the ports are away when a fault does not say."""


class Power:
    """``state`` of a device and how it changes."""

    def __init__(self, device: Device) -> None:
        self.state: State = "on"
        self.epoch = 0
        """Counts power cycles: what was begun before one does not end after it."""
        self._device = device

    def hang(self) -> None:
        """Take nothing and say nothing until healed, reset or plugged in anew."""
        if self.state == "on":
            self.state = "hung"

    def wake(self) -> None:
        """End a hang; what was being typed or sent then is forgotten."""
        if self.state == "hung":
            self._device.wire.reset()
            self._device.sending.reset()
            self._device.dialogue.recover()
            self.state = "on"

    def unplug(self, seconds: float = 0.0) -> None:
        """Vanish; back after ``seconds`` if above 0."""
        if self.state == "off":
            return
        self._down("off")
        self._device.pull()
        if seconds > 0:
            self._device.agenda.after(seconds, self.plug)

    def plug(self) -> None:
        """Come back as after a power cycle that nobody watched."""
        if self.state == "off":
            self._device.push()
            self._up()

    def cycle(self, seconds: float) -> None:
        """Lose power, ports and all; it is back after ``seconds``, and boots."""
        if self.state == "off":
            return
        self._down("off")
        self._device.pull()
        self._device.agenda.after(seconds or GONE, self._boot_from_cold)

    def _boot_from_cold(self) -> None:
        if self.state == "off":
            self.state = "booting"
            self._boot_later()

    def restart(self) -> None:
        """Boot: settings lost, echo on, whatever was going on is never answered."""
        if self.state == "off":
            return
        self._down("booting")
        device, epoch = self._device, self.epoch
        if device.unit.persona.drops:

            def drop() -> None:
                if (self.epoch, self.state) == (epoch, "booting"):
                    device.pull()

            device.agenda.after(LAST_WORDS, drop)
        self._boot_later()

    def _boot_later(self) -> None:
        device, epoch = self._device, self.epoch

        def booted() -> None:
            if self.epoch == epoch:
                device.push()
                device.say_boot_lines()
                self._up(booting=True)

        device.agenda.after(device.settings.timing.boot.draw(device.rng), booted)

    def _down(self, state: State) -> None:
        self.epoch += 1
        self.state = state
        self._device.forget()

    def _up(self, *, booting: bool = False) -> None:
        self.state = "on"
        device = self._device
        device.unit.service = not booting
        if booting:
            delay = device.settings.timing.message_service.draw(device.rng)
            device.later(delay, device.message_service)
        device.network.reachable(device.identity.imsi)
