"""The state of an emulated modem that commands read and set."""

from __future__ import annotations

from dataclasses import dataclass, field

from .card import Card
from .identity import Identity
from .make import Persona
from .replies import SIM_NOT_INSERTED, CommandError
from .traced import NUMBER

HOME, SEARCHING, OFF = 1, 2, 0


@dataclass
class Unit:
    """The state of a modem that commands read and set; ``reset`` is what a power cycle does."""

    identity: Identity
    persona: Persona
    signal: int = 23
    card: Card = field(default_factory=Card)
    sim: bool = True
    network: bool = True
    """Scripted: whether there is a network in reach."""
    radio: str = "1"
    """``AT+CFUN``: 0, 1 or 4."""
    attaching: bool = False
    """Whether it is looking for its network after the radio came on."""
    service: bool = True
    """Whether the message service is up after boot."""
    radio_stuck: bool = False
    """Scripted: finds no network until the radio is cycled."""
    sms_stuck: bool = False
    """Scripted: refuses every message until it is restarted."""
    values: dict[str, str] = field(default_factory=dict[str, str])
    """Parameters set, as text; the rest has the persona's default."""
    smsc: str = NUMBER

    def defaults(self) -> None:
        """Forget the settings that do not last."""
        known = self.persona.parameters
        for name in list(self.values):
            if name not in known or not known[name].lasting:
                del self.values[name]

    def reset(self) -> None:
        """Start anew: settings forgotten, the card locked again."""
        self.defaults()
        self.radio = "1"
        self.card.unlocked = False
        self.attaching = self.radio_stuck = self.sms_stuck = False

    def value(self, name: str) -> str:
        """The parameter ``name``."""
        known = self.persona.parameters.get(name)
        return self.values.get(name, known.default if known else "0")

    @property
    def registration(self) -> int:
        """As ``+CREG`` tells it (3GPP TS 27.007 §7.2)."""
        if self.radio != "1":
            return OFF
        usable = self.sim and self.card.state == "READY"
        found = self.network and not self.attaching and not self.radio_stuck
        return self.persona.registered_as if usable and found else SEARCHING

    @property
    def registered(self) -> bool:
        """Whether messages can be sent and received."""
        return self.registration not in (OFF, SEARCHING)

    @property
    def silenced(self) -> bool:
        """Whether the terminal has asked for less noise."""
        name, value = self.persona.silencer
        return bool(name) and self.value(name) == value

    def need_card(self) -> None:
        """Raises ``CommandError`` when there is no card."""
        if not self.sim:
            raise CommandError(SIM_NOT_INSERTED)

    def need_unlocked(self) -> None:
        """Raises ``CommandError`` when there is no card or it is locked."""
        self.need_card()
        if (code := self.card.error) is not None:
            raise CommandError(code)
