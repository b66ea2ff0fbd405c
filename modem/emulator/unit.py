"""The state of an emulated modem that commands read and set."""

from __future__ import annotations

from dataclasses import dataclass, field

from .identity import Identity
from .persona import Persona
from .traced import NUMBER

HOME, SEARCHING, OFF = 1, 2, 0


@dataclass
class Unit:
    """The state of a modem that commands read and set; ``reset`` is what a power cycle does."""

    identity: Identity
    persona: Persona
    signal: int = 23
    sim: bool = True
    network: bool = True
    """Scripted: whether there is a network in reach."""
    radio: bool = True
    values: dict[str, str] = field(default_factory=dict[str, str])
    """Parameters set, as text; the rest has the persona's default."""
    smsc: str = NUMBER

    def reset(self) -> None:
        """Forget all settings."""
        self.values.clear()
        self.radio = True

    def value(self, name: str) -> str:
        """The parameter ``name``."""
        known = self.persona.parameters.get(name)
        return self.values.get(name, known.default if known else "0")

    @property
    def registration(self) -> int:
        """As ``+CREG`` tells it (3GPP TS 27.007 §7.2)."""
        if not self.radio:
            return OFF
        return HOME if self.network and self.sim else SEARCHING
