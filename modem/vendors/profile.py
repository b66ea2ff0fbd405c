"""The shape of a vendor profile: how to open a make of modem and how to read what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple

Technology = Literal["2g", "3g", "lte"]

CauseClass = Literal[
    "temporary",  # the same modem may succeed a little later
    "sim_fault",  # park the SIM, send through another
    "modem",  # the device needs recovery
    "configuration",  # a setting of ours is wrong
    "permanent_message",  # this message will never go, whatever the modem
    "permanent_destination",  # this number will never take one
]
"""What a cause asks for."""

Quirk = Literal[
    "advertises_unsupported_cnmi",  # +CNMI=? offers what +CNMI= refuses: try, do not parse
    "ignores_cnmi",  # answers OK and keeps something else: read +CNMI? back
    "cds_comma",  # ``+CDS: ,<length>``
    "cr_cr_lf",  # lines end in \\r\\r\\n
    "single_argument_cmgd",  # no <delflag>
    "no_clac",  # AT+CLAC is an error
    "no_cmms",  # AT+CMMS is an error
    "no_cmgc",  # SMS-COMMAND cannot be sent
    "cmgl_hangs",  # reads one by one with +CMGR instead of listing
    "loses_early_pdu",  # characters right behind the prompt are lost: inter_phase_delay
    "noisy",  # unsolicited lines inside answers
    "usb_drops_on_reset",  # AT+CFUN=1,1 takes the port away
    "poke_second_port",  # a dead first port wakes when the second is spoken to
    "mode_switch",  # may come up as a CD-ROM first
]
"""What software has to know beyond the tables."""


class InitCommand(NamedTuple):
    """A command of the opening dialogue behind ``AT+CMGF=0``; a refusal is no failure."""

    command: str
    why: str


class VendorCause(NamedTuple):
    """What a vendor's own ``+CMS ERROR`` code means."""

    meaning: str
    kind: CauseClass


class Switch(NamedTuple):
    """A setting of bearer or IMS: how it is asked for and set."""

    name: Literal["cs_sms", "ims_on", "ims_off", "auto_mode", "gsm_only", "lte_only"]
    command: str


class PinCounter(NamedTuple):
    """How to ask for the PIN tries left. The pattern's group 1 is the number."""

    query: str
    answer: re.Pattern[str]


class UsbPorts(NamedTuple):
    """USB interfaces of a device by number: which take AT commands, best first, and what is DIAG."""

    vendor: int
    product: int
    at: tuple[int, ...]
    diagnostic: tuple[int, ...] = ()
    """Never written to."""


class Voice(NamedTuple):
    """What a make can do with calls; empty strings: nothing known."""

    pcm_on: str = ""
    """Routes call audio to a tty or sound card."""
    pcm_during_call: bool = False
    """``pcm_on`` works only while a call is up."""
    answered: tuple[str, ...] = ()
    """Lines that tell a call was taken; (): poll ``AT+CLCC``."""
    dtmf_on: str = ""
    dtmf_line: str = ""
    """What a key pressed by the far end looks like."""


NO_VOICE = Voice()
STANDARD_PIN_COUNTER = PinCounter("AT+CPINR", re.compile(r"\A\+CPINR:\s*\"?SIM PIN\"?\s*,\s*(\d+)"))
STANDARD_CARD_QUERIES = ("AT+CCID", "AT+ICCID")
CS_AND_PACKET_TIMEOUT = 60.0
"""Seconds; above TR1M of 35-45 s with a repetition (3GPP TS 24.011 §10)."""
LTE_TIMEOUT = 150.0
"""Seconds; over IMS or SGs a refusal was seen after 135 s."""

SUBMIT_TIMEOUTS: Mapping[Technology, float] = MappingProxyType(
    {"2g": CS_AND_PACKET_TIMEOUT, "3g": CS_AND_PACKET_TIMEOUT, "lte": LTE_TIMEOUT}
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VendorProfile:
    """One make or family of modems. Times are in seconds."""

    name: str
    maker: re.Pattern[str]
    """Matches the whole answer to ``AT+CGMI``."""
    model: re.Pattern[str]
    """Matches the whole answer to ``AT+CGMM``."""
    init: tuple[InitCommand, ...] = ()
    new_messages: tuple[str, ...]
    """``AT+CNMI=`` values, best first; whichever is taken is read back with ``AT+CNMI?``."""
    urcs: tuple[str, ...] = ()
    """Starts of unsolicited lines beyond the standard's."""
    boots: tuple[str, ...] = ("RDY",)
    """Starts of lines that tell the modem has restarted by itself."""
    ready: tuple[str, ...] = ()
    """Starts of lines that tell the message service is up after boot."""
    storage_full: tuple[str, ...] = ()
    sim_changed: tuple[str, ...] = ("+CPIN: NOT READY",)
    """Starts of lines after which ``AT+CPIN?`` and the card's numbers must be asked again."""
    submit_timeouts: Mapping[Technology, float] = field(default_factory=lambda: SUBMIT_TIMEOUTS)
    """From Ctrl-Z to the answer, by radio technology."""
    inter_phase_delay: float = 0.0
    """From the prompt to the first octet of the PDU."""
    causes: Mapping[int, VendorCause] = field(default_factory=dict[int, VendorCause])
    """Vendor codes of ``+CMS ERROR``; above 511, and undocumented ones below."""
    switches: tuple[Switch, ...] = ()
    voice: Voice = NO_VOICE
    pin_counter: PinCounter = STANDARD_PIN_COUNTER
    card_queries: tuple[str, ...] = STANDARD_CARD_QUERIES
    usb: tuple[UsbPorts, ...] = ()
    resets: tuple[str, ...] = ("AT+CFUN=1,1",)
    """Commands that restart the device, gentlest first."""
    quirks: frozenset[Quirk] = frozenset()

    def recognises(self, maker: str, model: str) -> bool:
        """Whether a modem that names itself so is of this make."""
        return self.maker.fullmatch(maker) is not None and self.model.fullmatch(model) is not None

    def submit_timeout(self, technology: Technology | None) -> float:
        """How long to wait behind Ctrl-Z; the longest when the technology is not known."""
        if technology is None:
            return max(self.submit_timeouts.values())
        return self.submit_timeouts[technology]

    def switch(self, name: str) -> str | None:
        """The command that sets a bearer or IMS switch; None: this make has none."""
        return next((switch.command for switch in self.switches if switch.name == name), None)


def technology(access: int | None) -> Technology | None:
    """Of ``<AcT>`` as ``+COPS?`` and ``+CREG?`` tell it (3GPP TS 27.007 §7.3)."""
    match access:
        case 0 | 1 | 3 | 8:
            return "2g"
        case 2 | 4 | 5 | 6:
            return "3g"
        case 7 | 9 | 10 | 11 | 12 | 13:
            return "lte"
        case _:
            return None
