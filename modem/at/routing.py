"""How messages and status reports reach us: ``AT+CSMS``, ``AT+CNMI`` (3GPP TS 27.005 §3.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..vendors.profile import VendorProfile
from .modem import GatewayModem
from .query import attempt, first

_ROUTING = re.compile(r"\+CNMI:\s*\d+\s*,\s*(\d+)\s*,\s*\d+\s*,\s*(\d+)")
_SERVICE = re.compile(r"\+CSMS:\s*\(?(\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """How what the network sends reaches us."""

    new_messages: str
    """The ``AT+CNMI=`` value in force; empty when the modem takes none."""
    refused: tuple[str, ...] = ()
    """Better ones that it refused or did not keep."""
    acknowledges: bool = False
    """Each direct report is acknowledged with ``AT+CNMA``, or the network keeps it (``+CSMS: 1``)."""

    @property
    def reports_stored(self) -> bool:
        """Whether status reports are stored and only indicated."""
        return self.new_messages[6:7] == "2"


def route(
    modem: GatewayModem, profile: VendorProfile, timeout: float, *, acknowledging: bool = True
) -> Routing:
    """Have reports and messages sent to us, the best way the modem really keeps.

    Best are direct reports that the network has back unless they are acknowledged (27.005 §3.4.4),
    then stored ones: either way those that come while nobody listens are not lost. Direct ones
    without acknowledgement are what is left. ``acknowledging`` False: it proved not to work here.
    """
    acknowledges = _acknowledges(modem, timeout, wanted=acknowledging)
    refused: list[str] = []
    chosen = ""
    for candidate in sorted(profile.new_messages, key=lambda one: _preference(one, acknowledges)):
        if _kept(modem, candidate, timeout):
            chosen = candidate
            break
        refused.append(candidate)
    return Routing(new_messages=chosen, refused=tuple(refused), acknowledges=acknowledges)


def _preference(candidate: str, acknowledges: bool) -> int:
    best = ("1", "2") if acknowledges else ("2", "1")
    reports = candidate[6:7]
    return best.index(reports) if reports in best else len(best)


def _acknowledges(modem: GatewayModem, timeout: float, *, wanted: bool) -> bool:
    """Whether reports are acknowledged from now on; what another program left open is not ours."""
    offered = wanted and attempt(modem, "AT+CNMA=?", timeout) is not None
    attempt(modem, f"AT+CSMS={int(offered)}", timeout)
    acknowledges = first(_SERVICE, attempt(modem, "AT+CSMS?", timeout)) == "1"
    if acknowledges:
        attempt(modem, "AT+CNMA=2", timeout)
    return acknowledges


def _kept(modem: GatewayModem, candidate: str, timeout: float) -> bool:
    """Whether the modem takes ``candidate`` and, as far as it tells, keeps it."""
    return attempt(modem, f"AT+CNMI={candidate}", timeout) is not None and routes(
        modem, candidate, timeout
    )


def routes(modem: GatewayModem, chosen: str, timeout: float) -> bool:
    """Whether ``chosen`` is in force; yes if the modem does not tell."""
    for line in attempt(modem, "AT+CNMI?", timeout) or []:
        if found := _ROUTING.search(line):
            wanted = chosen.split(",")
            return (found[1], found[2]) == (wanted[1], wanted[3])
    return True
