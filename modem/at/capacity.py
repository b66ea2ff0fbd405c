"""Which memory receives: the modem's own where the SIM's is smaller (3GPP TS 27.005 §3.2.2)."""

from __future__ import annotations

import re

from .modem import GatewayModem
from .query import attempt, first
from .storage import Level, levels

_CARD, _OWN = "SM", "ME"
_OFFERED = re.compile(r"\(([^()]*)\)\s*\Z")
"""The last group of ``+CPMS=?``: the memories that may receive."""
_PLACES = re.compile(r'\+CPMS:\s*(?:"[A-Z]{2}"\s*,\s*)?\d+\s*,\s*(\d+)')


def choose_receiving(modem: GatewayModem, timeout: float) -> None:
    """Receive into the modem's memory if it offers one that is bigger than the SIM's.

    A SIM has 10 to 50 places, and a full one receives nothing more. Which is bigger is known once
    it is selected for reading, which changes nothing for what arrives meanwhile. A modem that does
    not keep the choice gets its own back. What the SIM holds is read at every start all the same.
    """
    before = _selected(modem, timeout)
    if len(before) != 3 or before[2].memory != _CARD or not _offers(modem, timeout):
        return
    places = first(_PLACES, attempt(modem, f'AT+CPMS="{_OWN}"', timeout))
    if places and int(places) > before[2].total:
        attempt(modem, _select(_OWN, _OWN, _OWN), timeout)
        if [level.memory for level in _selected(modem, timeout)] == [_OWN] * 3:
            return
    attempt(modem, _select(*(level.memory for level in before)), timeout)


def _selected(modem: GatewayModem, timeout: float) -> list[Level]:
    return levels(attempt(modem, "AT+CPMS?", timeout) or [])


def _offers(modem: GatewayModem, timeout: float) -> bool:
    return f'"{_OWN}"' in first(_OFFERED, attempt(modem, "AT+CPMS=?", timeout)).split(",")


def _select(*memories: str) -> str:
    return "AT+CPMS=" + ",".join(f'"{memory}"' for memory in memories)
