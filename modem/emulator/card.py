"""The SIM in an emulated modem: its PIN, the tries left, and how makes tell of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from .replies import INCORRECT_PARAMETERS, NOT_SUPPORTED, CommandError
from .syntax import Call

if TYPE_CHECKING:
    from .unit import Unit

SIM_PIN, SIM_PUK, WRONG_PASSWORD = 11, 12, 16
PIN_TRIES, PUK_TRIES = 3, 10


@dataclass
class Card:
    """A SIM's lock. An empty ``pin``: it asks for none."""

    pin: str = field(default="", repr=False)
    tries: int = PIN_TRIES
    """PIN tries left; 0: the PUK is asked for, which nothing here accepts."""
    unlocked: bool = False

    @property
    def state(self) -> str:
        """As ``+CPIN?`` tells it (3GPP TS 27.007 §8.3)."""
        if not self.pin or (self.unlocked and self.tries):
            return "READY"
        return "SIM PIN" if self.tries else "SIM PUK"

    @property
    def error(self) -> int | None:
        """The CME code that stands in the way of using it."""
        return {"READY": None, "SIM PIN": SIM_PIN, "SIM PUK": SIM_PUK}[self.state]

    def enter(self, pin: str) -> None:
        """Try a PIN. Raises ``CommandError``."""
        if self.state == "READY":
            raise CommandError(INCORRECT_PARAMETERS)
        if self.state == "SIM PUK":
            raise CommandError(SIM_PUK)
        if pin != self.pin:
            self.tries -= 1
            raise CommandError(WRONG_PASSWORD if self.tries else SIM_PUK)
        self.tries = PIN_TRIES
        self.unlocked = True


def pin(unit: Unit, call: Call) -> list[str]:
    """``AT+CPIN``."""
    unit.need_card()
    if call.operation == "set":
        unit.card.enter(call.argument.split(",")[0].strip('" '))
        return []
    return [f"+CPIN: {unit.card.state}"] if call.operation == "read" else []


COUNTERS: Final[Mapping[str, Callable[[Card], list[str]]]] = MappingProxyType(
    {
        "+CPINR": lambda card: [f"+CPINR: SIM PIN,{card.tries},3", "+CPINR: SIM PUK,10,10"],
        "+QPINC": lambda card: [f'+QPINC: "SC",{card.tries},10', '+QPINC: "P2",3,10'],
        "+SPIC": lambda card: [f"+SPIC: {card.tries},10,3,10"],
        "^SPIC": lambda card: [f"^SPIC: {card.tries}"],
        "^CPIN": lambda card: [f"^CPIN: {card.state},{card.tries},10,{card.tries},10,3"],
        "+CPINC": lambda card: [f"+CPINC: {card.tries},3,10,10"],
        "+ZPINPUK": lambda card: [f"+ZPINPUK: {card.tries},10"],
    }
)
"""By command: the PIN tries left."""


def counter(unit: Unit, call: Call) -> list[str]:
    """The PIN tries left, if this make tells them under that name."""
    if call.name != unit.persona.pin_counter:
        raise CommandError(NOT_SUPPORTED)
    unit.need_card()
    return COUNTERS[call.name](unit.card)


def iccid(unit: Unit, call: Call) -> list[str]:
    """The ICCID, as this make tells it."""
    if call.operation == "test":
        return []
    unit.need_card()
    return [unit.persona.card_queries[call.name].format(unit.identity.iccid)]
