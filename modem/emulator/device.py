"""One emulated modem as a state machine: bytes in, bytes out, timers on an agenda. No I/O here."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Literal

from .agenda import Agenda
from .airlog import AirLog
from .dialogue import Dialogue
from .faults import SENDING, Fault, FaultPlan
from .identity import identity
from .persona import persona
from .receiving import Receiving
from .sending import Sending
from .settings import Settings
from .smsc import Smsc
from .storage import Storage
from .unit import HOME, Unit
from .wire import Line, Wire

State = Literal["on", "hung", "booting", "off"]


class Device:
    """A modem with a SIM. The port calls ``receive``; the network calls its ``receiving`` half."""

    def __init__(
        self,
        index: int,
        line: Line,
        network: Smsc,
        air_log: AirLog,
        agenda: Agenda,
        settings: Settings,
    ) -> None:
        self.index = index
        self.identity = identity(index)
        self.unit = Unit(self.identity, persona(settings.persona), signal=17 + index % 12)
        self.storage = Storage(settings.sim_slots)
        self.network = network
        self.air_log = air_log
        self.agenda = agenda
        self.settings = settings
        self.rng = Random(f"{settings.seed}/{index}")  # noqa: S311 - a simulation
        self.plan = FaultPlan()
        self.state: State = "on"
        self.epoch = 0
        """Counts power cycles: what was begun before one does not end after it."""
        self.wire = Wire(line, self.later)
        self.dialogue = Dialogue(self)
        self.sending = Sending(self, self._first_mr())
        self.receiving = Receiving(self)
        self._line = line
        network.attach(self.identity.imsi, self.identity.number, self.receiving)
        self._make_noise(first=True)

    def _first_mr(self) -> int:
        """The TP-MR behind the SIM's last one, as the SIM itself remembers it (EF SMSS)."""
        drawn = self.rng.randrange(256)
        used = (
            aired.mr for aired in reversed(self.air_log.earlier) if aired.imsi == self.identity.imsi
        )
        last = next(used, None)
        return drawn if last is None else (last + 1) % 256

    def receive(self, data: bytes) -> None:
        """Take bytes from the terminal."""
        if self.state == "on":
            self.dialogue.receive(data)

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something if the modem still lives then."""
        epoch = self.epoch

        def unless_dead() -> None:
            if self.epoch == epoch and self.state == "on":
                action()

        self.agenda.after(seconds, unless_dead)

    def strike(self, fault: Fault) -> None:
        """Let a scripted fault happen, or arm it."""
        if fault.kind in SENDING:
            self.plan.arm(fault)
            return
        match fault.kind:
            case "hang":
                self.hang()
            case "unplug":
                self.unplug(fault.seconds)
            case "replug":
                self.plug()
            case "reset":
                self.reset()
            case "echo_on":
                self.dialogue.lexer.echo = True
            case "random_bytes":
                self.wire.write(self.rng.randbytes(fault.size))
            case "sim_out":
                self.unit.sim = False
            case "network_lost":
                self.unit.network = False
            case "storage_full":
                self.storage.full = True
            case _:
                self.heal()

    def hang(self) -> None:
        """Take nothing and say nothing until healed, reset or plugged in anew."""
        if self.state == "on":
            self.state = "hung"

    def heal(self) -> None:
        """End every scripted condition; an unplugged modem stays unplugged."""
        self.plan.clear()
        self.unit.sim = self.unit.network = True
        self.storage.full = False
        if self.state == "hung":
            self.wire.reset()
            self.sending.reset()
            self.dialogue.recover()
            self.state = "on"
        self.network.reachable(self.identity.imsi)

    def unplug(self, seconds: float = 0.0) -> None:
        """Vanish; back after ``seconds`` if above 0."""
        if self.state == "off":
            return
        self._power_off("off")
        self._line.unplug()
        if seconds > 0:
            self.agenda.after(seconds, self.plug)

    def plug(self) -> None:
        """Come back as after a power cycle."""
        if self.state == "off":
            self._line.replug()
            self._power_on()

    def reset(self) -> None:
        """Boot: settings lost, echo on, whatever was going on is never answered."""
        if self.state == "off":
            return
        self._power_off("booting")
        epoch = self.epoch

        def booted() -> None:
            if self.epoch == epoch:
                self.wire.write(
                    "".join(f"\r\n{line}\r\n" for line in self.unit.persona.boot_lines).encode()
                )
                self._power_on()

        self.agenda.after(self.settings.timing.boot.draw(self.rng), booted)

    def _power_off(self, state: State) -> None:
        self.epoch += 1
        self.state = state
        self.wire.reset()
        self.dialogue.reset()
        self.unit.reset()
        self.sending.reset()
        self.receiving.reset()

    def _power_on(self) -> None:
        self.state = "on"
        self.network.reachable(self.identity.imsi)

    @property
    def registered(self) -> bool:
        """Whether the network can reach it."""
        return self.state == "on" and self.unit.registration == HOME

    def _make_noise(self, first: bool = False) -> None:
        """Say something nobody asked for, now and then."""
        if not self.settings.noise_every:
            return
        if not first and self.state == "on":
            line = self.rng.choice(self.unit.persona.noise)
            self.receiving.announce(f"\r\n{line}\r\n".encode())
        self.agenda.after(self.rng.expovariate(1 / self.settings.noise_every), self._make_noise)
