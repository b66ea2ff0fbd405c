"""One emulated modem as a state machine: bytes in, bytes out, timers on an agenda. No I/O here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from .agenda import Agenda
from .airlog import AirLog
from .calls import Calls
from .card import Card
from .dialogue import Dialogue
from .faults import Fault, FaultPlan
from .identity import Identity, identity
from .interfaces import Siblings
from .persona import persona
from .power import Power, State
from .receiving import Receiving
from .sending import Sending
from .settings import Settings
from .smsc import Smsc
from .storage import Storage
from .striking import strike
from .unit import Unit
from .wire import Line, Wire


class Device:
    """A modem with a SIM. The port calls ``receive``; the network calls its ``receiving`` half.

    ``siblings`` are the ports of its other interfaces, in the order of the persona's.
    """

    def __init__(
        self,
        index: int,
        line: Line,
        network: Smsc,
        air_log: AirLog,
        agenda: Agenda,
        settings: Settings,
        siblings: Sequence[Line] = (),
    ) -> None:
        make = persona(settings.make(index))
        self.index = index
        self.unit = Unit(
            identity(index, operator=settings.operator(index)),
            make,
            17 + index % 12,
            Card(settings.pin, settings.pin_tries),
            smsc=settings.smsc,
        )
        self.storage = Storage(
            settings.sim_slots,
            names=make.memories,
            sizes=make.slots,
            delete_flags=make.delete_flags,
        )
        self.network = network
        self.air_log = air_log
        self.agenda = agenda
        self.settings = settings
        self.rng = Random(f"{settings.seed}/{index}")  # noqa: S311 - a simulation
        self.plan, self.reading_plan = FaultPlan(), FaultPlan()
        self.dead_port = False
        """Scripted: the first port swallows everything."""
        self.chatter = 0
        """Scripted: unsolicited lines still to come."""
        self.power = Power(self)
        self.wire = Wire(line, self.later, make.line_end)
        self.dialogue = Dialogue(self, self.wire)
        self.sending = Sending(self, self._first_mr())
        self.receiving = Receiving(self)
        self.calls = Calls(self)
        self.siblings = Siblings(self, siblings)
        self._line = line
        self._cards = 1
        self._attach()
        self._make_noise(first=True)

    def _attach(self) -> None:
        self.network.attach(self.identity.imsi, self.identity.number, self.receiving)

    def _first_mr(self) -> int:
        """The TP-MR behind the SIM's last one, as the SIM itself remembers it (EF SMSS)."""
        drawn = self.rng.randrange(256)
        used = (
            aired.mr for aired in reversed(self.air_log.earlier) if aired.imsi == self.identity.imsi
        )
        last = next(used, None)
        return drawn if last is None else (last + 1) % 256

    @property
    def identity(self) -> Identity:
        """Who modem and SIM are."""
        return self.unit.identity

    @property
    def state(self) -> State:
        """Whether it is alive."""
        return self.power.state

    @property
    def registered(self) -> bool:
        """Whether the network can reach it."""
        return self.state == "on" and self.unit.registered

    def receive(self, data: bytes) -> None:
        """Take bytes from the terminal, at the first port."""
        if self.state == "on" and not self.dead_port:
            self.dialogue.receive(data)

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something if the modem still lives then."""
        epoch = self.power.epoch

        def unless_dead() -> None:
            if self.power.epoch == epoch and self.state == "on":
                action()

        self.agenda.after(seconds, unless_dead)

    def strike(self, fault: Fault) -> None:
        """Let a scripted fault happen, or arm it."""
        strike(self, fault)

    def unplug(self, seconds: float = 0.0) -> None:
        """Vanish; back after ``seconds`` if above 0."""
        self.power.unplug(seconds)

    def plug(self) -> None:
        """Come back."""
        self.power.plug()

    def brown_out(self) -> None:
        """Restart by itself, saying so."""
        for text in self.unit.persona.down_lines:
            self.wire.write(f"\r\n{text}\r\n".encode())
        self.power.restart()

    def remove_card(self) -> None:
        """The SIM goes; a modem that notices says so."""
        if self.unit.sim:
            self.unit.sim = False
            self.unit.card.unlocked = False
            self._tell(self.unit.persona.sim_out_lines)

    def insert_card(self) -> None:
        """The SIM comes back."""
        if not self.unit.sim:
            self.unit.sim = True
            self._tell(self.unit.persona.sim_in_lines)

    def swap_card(self) -> None:
        """Another SIM: what the network holds for the old one stays there."""
        self.remove_card()
        self.network.detach(self.identity.imsi)
        self.unit.identity = identity(self.index, self._cards, self.settings.operator(self.index))
        self._cards += 1
        self.unit.card = Card(self.settings.pin)
        self.unit.smsc = self.settings.smsc
        self.storage.new_card()
        self.sending.new_card(self.rng.randrange(256))
        self._attach()
        self.insert_card()
        self.network.reachable(self.identity.imsi)

    def _tell(self, texts: Sequence[str]) -> None:
        for text in texts:
            if text.startswith("+CPIN: READY"):
                text = f"+CPIN: {self.unit.card.state}"
            self.receiving.announce(f"\r\n{text}\r\n".encode())

    def say_boot_lines(self) -> None:
        """What a modem says when it has started."""
        self._tell(self.unit.persona.boot_lines)

    def message_service(self) -> None:
        """The message service is up."""
        self.unit.service = True
        if self.unit.persona.ready_line:
            self._tell((self.unit.persona.ready_line,))

    def attached(self) -> None:
        """The network is found after the radio came on."""
        self.unit.attaching = False
        self._tell_registration()
        self.network.reachable(self.identity.imsi)

    def cover(self, network: bool) -> None:
        """The network is there or not."""
        if network != self.unit.network:
            self.unit.network = network
            self._tell_registration()

    def _tell_registration(self) -> None:
        if self.unit.value("+CREG") != "0":
            self._tell((f"+CREG: {self.unit.registration}",))

    def pull(self) -> None:
        """All its ports vanish."""
        self._line.unplug()
        self.siblings.pull()

    def push(self) -> None:
        """All its ports are there."""
        self._line.replug()
        self.siblings.push()

    def forget(self) -> None:
        """Lose what only power keeps."""
        self.dead_port = False
        self.wire.reset()
        self.dialogue.reset()
        self.siblings.reset()
        self.unit.reset()
        self.sending.reset()
        self.receiving.reset()
        self.calls.reset()

    def _make_noise(self, first: bool = False) -> None:
        """Say something nobody asked for, now and then."""
        if not self.settings.noise_every:
            return
        if not first and self.state == "on" and not self.unit.silenced:
            line = self.rng.choice(self.unit.persona.noise)
            self.receiving.announce(f"\r\n{line}\r\n".encode())
        self.agenda.after(self.rng.expovariate(1 / self.settings.noise_every), self._make_noise)
