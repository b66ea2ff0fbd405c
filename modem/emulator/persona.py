"""Which modem an emulated one pretends to be, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .errors import SettingsError
from .make import Persona
from .personas import generic, huawei, quectel, siemens, simcom, wavecom, zte

PERSONAS: Final[Mapping[str, Persona]] = MappingProxyType(
    {
        "plain": Persona(),
        **quectel.PERSONAS,
        **simcom.PERSONAS,
        **huawei.PERSONAS,
        **zte.PERSONAS,
        **siemens.PERSONAS,
        **wavecom.PERSONAS,
        **generic.PERSONAS,
    }
)


def persona(name: str) -> Persona:
    """The persona called ``name``; raises ``SettingsError``."""
    try:
        return PERSONAS[name]
    except KeyError:
        raise SettingsError(f"no persona {name!r}; there are: {', '.join(PERSONAS)}") from None
