"""Everything that can be set about an emulated bank, as one JSON-able value."""

from __future__ import annotations

from typing import Annotated

import msgspec

from .errors import SettingsError
from .identity import OPERATOR
from .outcomes import DEMO_MIX, Rule, Share
from .timing import Delay, Timing
from .traced import NUMBER


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bank's settings. ``Settings()`` is a prompt, well-behaved, perfectly reachable network."""

    timing: Timing = Timing(submit=Delay(0.05), report=Delay(0.2), retry=Delay(0.5))
    rules: tuple[Rule, ...] = ()
    mix: tuple[Share, ...] = ()
    """Shares of numbers with another fate than delivery; chosen by a hash of the number."""
    seed: int = 1
    """Every delay and every made-up byte follows from it, per modem."""
    noise_every: float = 0.0
    """Mean seconds between unsolicited noise lines of each modem; 0: none."""
    persona: str = "plain"
    """The make of every modem, unless ``personas`` names several."""
    personas: tuple[str, ...] = ()
    """Makes of a mixed bank: modem ``i`` is number ``i`` of these, over and over."""
    operators: tuple[Annotated[str, msgspec.Meta(pattern="^[0-9]{5}$")], ...] = ()
    """Operators (MCC and MNC) of the SIMs: that of modem ``i`` is number ``i`` of these, over and
    over. Empty: one operator."""
    pin: str = ""
    """The PIN of every SIM; empty: none is asked for."""
    pin_tries: int = 3
    """PIN tries left on every SIM at the start."""
    tcp: bool = False
    """Listen on 127.0.0.1 (``socket://`` ports) instead of opening ptys."""
    sim_slots: int = 20
    """Messages each of the modem's memories holds."""
    smsc: str = NUMBER
    """The service centre's number on every SIM; empty: none, and nothing can be sent."""
    command_cms: int | None = None
    """The service centre refuses every SMS-COMMAND with this code; None: it obeys."""

    def make(self, index: int) -> str:
        """The name of modem ``index``'s persona."""
        return self.personas[index % len(self.personas)] if self.personas else self.persona

    def operator(self, index: int) -> str:
        """The operator of modem ``index``'s SIM."""
        return self.operators[index % len(self.operators)] if self.operators else OPERATOR

    @classmethod
    def demo(cls) -> Settings:
        """Submit log-normal around 0.8 s, reports sixty times faster than life, a lifelike mix."""
        return cls(timing=Timing(report_speed=60.0), mix=DEMO_MIX)

    @classmethod
    def fixed(cls, submit: float, *, report: float = 0.2) -> Settings:
        """Fixed seconds per submit and until the report; every number is delivered."""
        return cls(timing=Timing(submit=Delay(submit), report=Delay(report), retry=Delay(0.5)))

    @classmethod
    def from_json(cls, text: str | bytes) -> Settings:
        """Read settings; raises ``SettingsError`` naming the wrong field."""
        try:
            return msgspec.json.decode(text, type=cls)
        except (msgspec.MsgspecError, ValueError) as error:
            raise SettingsError(str(error)) from error

    def to_json(self) -> str:
        """The settings as ``from_json`` reads them."""
        return msgspec.json.encode(self).decode()
