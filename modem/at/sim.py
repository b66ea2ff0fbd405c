"""The SIM: whether it is usable, its PIN, and who it is.

A PIN is entered at most once, over restarts too; a PUK never.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..memory import FileMemory, Memory
from ..vendors.generic import GENERIC
from ..vendors.profile import VendorProfile
from .causes import cause_of
from .errors import SimError
from .library import CommandError
from .modem import GatewayModem
from .query import attempt, first

_IMSI = re.compile(r"\b(\d{6,16})\b")
_ICCID = re.compile(r"\b(\d{18,22})[Ff]?\b")
_TRIES = 3
"""Of a PIN, before the SIM asks for its PUK (3GPP TS 31.101 §9.5.1)."""


@dataclass(slots=True)
class Pin:
    """A SIM's PIN, and the memory of what became of it."""

    value: str | None = field(repr=False)
    memory: Memory = field(default_factory=FileMemory, repr=False)

    def refused(self, sim: str) -> bool:
        """Whether it was refused by this SIM before."""
        return self.value is not None and self.memory.pin_history(sim, self.value) == "refused"

    def open_try(self, sim: str) -> bool:
        """Whether a try was begun on this SIM whose answer nobody saw."""
        return self.value is not None and self.memory.pin_history(sim, self.value) == "begun"


def unlock(
    modem: GatewayModem,
    pin: Pin,
    timeout: float,
    *,
    profile: VendorProfile = GENERIC,
    sim: str = "",
) -> None:
    """Enter the PIN if, and only if, the SIM asks for it and has no failed try on its counter.

    ``sim``: what the SIM is known by before it is unlocked. Raises SimError when the SIM stays
    locked or is not there.
    """
    try:
        lines = modem.ask("AT+CPIN?", timeout)
    except CommandError as error:
        raise SimError(_code(error)) from error
    state = next((line[6:].strip() for line in lines if line.startswith("+CPIN:")), "READY")
    if state == "READY":
        return
    if state != "SIM PIN":
        raise SimError("puk" if "PUK" in state else "pin" if "PIN" in state else "no_sim")
    if pin.value is None:
        raise SimError("pin")
    left = _tries_left(modem, profile, timeout)
    # A try that nobody saw the end of may have been a wrong one: only a full counter clears it.
    if pin.refused(sim) or (left is not None and left < _TRIES):
        raise SimError("pin_wrong")
    if pin.open_try(sim) and left is None:
        raise SimError("pin_doubtful")
    pin.memory.note_pin(sim, pin.value, "begun")  # durable before it is sent
    try:
        modem.ask(f'AT+CPIN="{pin.value}"', timeout)
    except CommandError as error:
        pin.memory.note_pin(sim, pin.value, "refused")
        raise SimError("pin_wrong") from error
    pin.memory.note_pin(sim, pin.value, "untried")


def check(modem: GatewayModem, imsi: str, timeout: float) -> bool:
    """Whether the SIM is usable and still the one with ``imsi``. Raises SimError when there is none."""
    try:
        lines = modem.ask("AT+CPIN?", timeout)
    except CommandError as error:
        raise SimError(_code(error)) from error
    state = next((line[6:].strip() for line in lines if line.startswith("+CPIN:")), "READY")
    if state == "SIM PIN":
        return False  # put in anew: the opening unlocks it
    if state != "READY":
        raise SimError("puk" if "PUK" in state else "no_sim")
    found = subscriber(modem, timeout)
    if not found:
        raise SimError("no_imsi")
    return found == imsi


def card_number(modem: GatewayModem, profile: VendorProfile, timeout: float) -> str:
    """The ICCID; empty when the modem does not tell."""
    for query in dict.fromkeys((*profile.card_queries, *GENERIC.card_queries)):
        found = first(_ICCID, attempt(modem, query, timeout))
        if found:
            return found
    return ""


def subscriber(modem: GatewayModem, timeout: float) -> str:
    """The IMSI; empty when the SIM does not tell."""
    return first(_IMSI, attempt(modem, "AT+CIMI", timeout))


def _tries_left(modem: GatewayModem, profile: VendorProfile, timeout: float) -> int | None:
    counter = profile.pin_counter
    for query, answer in dict.fromkeys((counter, GENERIC.pin_counter)):
        for line in attempt(modem, query, timeout) or []:
            if found := answer.search(line):
                return int(found[1])
    return None


def _code(error: CommandError) -> str:
    codes = {"10": "no_sim", "11": "pin", "12": "puk", "310": "no_sim", "316": "puk"}
    code = str(error.code if error.code is not None else "")
    return codes.get(code, cause_of(f"+{error.type or 'CME'} ERROR: {code}" if code else "ERROR"))
