"""How well a modem is connected: registration, operator, radio technology, signal."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..state import REGISTERED
from ..vendors.profile import Technology, technology
from .library import CommandError
from .modem import GatewayModem
from .query import attempt, first

_ROAMING_OR_HOME = frozenset({1, 5})
_REGISTRATION = re.compile(r"\+C(?:|G|E)REG:\s*\d+\s*,\s*(\d{1,2})")
_OPERATOR = re.compile(r'\+COPS:\s*\d+\s*,\s*\d+\s*,\s*"([^"]*)"')
_ACCESS = re.compile(r'\+COPS:\s*\d+\s*,\s*\d+\s*,\s*"[^"]*"\s*,\s*(\d{1,2})')


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """None: the modem does not tell."""

    registration: int | None
    signal: int | None
    operator: str
    technology: Technology | None = None


def network(modem: GatewayModem, timeout: float) -> Network:
    """Ask. Raises ModemLost, ModemStopped, TimeoutException."""
    circuit = _registration(modem, "AT+CREG?", timeout)
    packet = _registration(modem, "AT+CEREG?", timeout)
    told = [value for value in (circuit, packet) if value is not None]
    usable = [value for value in told if value in REGISTERED]
    answer = attempt(modem, "AT+COPS?", timeout)
    access = first(_ACCESS, answer)
    radio = technology(int(access)) if access else None
    if radio is None and packet in _ROAMING_OR_HOME:
        radio = "lte"
    try:
        signal = modem.signalStrength
    except (CommandError, IndexError):
        signal = -1
    return Network(
        registration=next(iter(usable or told), None),
        signal=signal if signal >= 0 else None,
        operator=first(_OPERATOR, answer),
        technology=radio,
    )


def _registration(modem: GatewayModem, query: str, timeout: float) -> int | None:
    found = first(_REGISTRATION, attempt(modem, query, timeout))
    return int(found) if found else None
