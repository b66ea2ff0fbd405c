"""The state of one modem, as the bank shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ModemState = Literal[
    "absent",
    "starting",
    "no_sim",
    "searching",
    "ready",
    "sending",
    "resting",
    "faulty",
    "quarantined",
]
"""What a modem is doing:

``absent``     no such port, or it vanished; the bank keeps looking for it
``starting``   the port is open, the opening dialogue runs
``no_sim``     no usable SIM: missing, locked by PIN or PUK, failed
``searching``  not registered in a network
``ready``      takes work
``sending``    a message is on the air
``resting``    takes no work until its dialogue is clean again after a time-out
``faulty``     present but does not behave: busy port, no modem, no answer
``quarantined`` nothing brought it back; probed again with growing pauses
"""

_FAILURES: frozenset[ModemState] = frozenset({"absent", "no_sim", "faulty"})
_SERVING: frozenset[ModemState] = frozenset({"ready", "searching"})
_STARTING: frozenset[ModemState] = frozenset({"starting"})
_GIVEN_UP: frozenset[ModemState] = frozenset({"quarantined"})
_SENDING: frozenset[ModemState] = frozenset({"sending"})
_RESTING: frozenset[ModemState] = frozenset({"resting"})

_NEXT: dict[ModemState, frozenset[ModemState]] = {
    "absent": frozenset({"starting", "faulty"}),
    "starting": _FAILURES | _SERVING,
    "no_sim": _FAILURES | _SERVING,
    "searching": _FAILURES | _SERVING | _RESTING,
    "ready": _FAILURES | _SERVING | _RESTING | _SENDING,
    "sending": _FAILURES | _SERVING | _RESTING,
    "resting": _FAILURES | _SERVING,
    "faulty": _FAILURES | _SERVING | _STARTING | _GIVEN_UP,
    "quarantined": _FAILURES | _SERVING | _STARTING,
}
"""A modem that failed keeps that state while it is tried again, until the result differs."""

REGISTERED = frozenset({1, 5, 6, 7})
"""``+CREG``/``+CEREG`` values that carry SMS: home, roaming, and the two SMS-only kinds."""
SMS_WEAK = 10
"""``+CSQ`` below which sending becomes unreliable."""


def allowed(old: ModemState, new: ModemState) -> bool:
    """Whether a modem may go from ``old`` to ``new``; staying is always allowed."""
    return old == new or new in _NEXT[old]


def masked(identity: str) -> str:
    """An IMEI, IMSI or ICCID for the eye: its last four digits only."""
    return f"…{identity[-4:]}" if len(identity) > 4 else "…"


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before a port is tried again, in seconds."""

    first: float = 0.5
    ceiling: float = 60.0
    missing: float = 2.0
    """The ceiling while there is no such port: looking for it costs next to nothing."""

    def delay(self, failures: int, *, missing: bool = False) -> float:
        """The wait after the ``failures``-th failure in a row, counted from 1; doubles each time."""
        ceiling = min(self.missing, self.ceiling) if missing else self.ceiling
        return min(self.first * 2.0 ** min(failures - 1, 30), ceiling)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModemStatus:
    """A snapshot of one modem. Identities are complete here; print them through :func:`masked`."""

    label: str
    port: str
    """As configured; ``device`` is where it was found."""
    state: ModemState = "absent"
    reason: str = ""
    """A code such as ``no_port``, ``reset``, ``busy``, ``puk``, ``cme:10``; empty when well."""
    imei: str = field(default="", repr=False)
    imsi: str = field(default="", repr=False)
    iccid: str = field(default="", repr=False)
    smsc: str = field(default="", repr=False)
    maker: str = ""
    model: str = ""
    operator: str = ""
    signal: int | None = None
    """``+CSQ`` 0-31; None when unknown."""
    registration: int | None = None
    """``+CREG``/``+CEREG`` value; see :data:`REGISTERED`."""
    can_command: bool = False
    """Whether the modem has ``AT+CMGC`` (3GPP TS 27.005 §3.5.5)."""
    device: str = ""
    """The port in use."""
    profile: str = ""
    """The vendor profile in force."""
    technology: str = ""
    """``2g``, ``3g``, ``lte``; empty when unknown."""
    bearer: int | None = None
    """``+CGSMS`` (3GPP TS 27.007 §10.1.21): 0 packet, 1 circuit-switched, 2 and 3 prefer one."""
    storage_used: int | None = None
    """Messages in the receiving storage, of ``storage_total``."""
    storage_total: int | None = None
    step: str = ""
    """The recovery step under way; see :data:`.watcher.RecoveryStep`."""
    recoveries: int = 0
    """Recovery steps taken since the start."""
    resets: int = 0
    """Times since the start that it restarted by itself or dropped off its bus, unasked: several
    within minutes are a brown-out (a weak hub, a thin cable)."""
    calls_rejected: int = 0
    discarded: int = 0
    """Received messages for no human eye (WAP push), and undecodable ones beyond the bound."""
