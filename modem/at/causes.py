"""Final error lines to cause codes (3GPP TS 27.005 §3.2.5, TS 27.007 §9.2)."""

from __future__ import annotations

import re
from typing import Final

_ERROR = re.compile(r"\+(CM[ES]) ERROR:\s*(.*)")

_CMS_TEXTS: Final = {
    "unassigned (unallocated) number": 1,
    "operator determined barring": 8,
    "call barred": 10,
    "short message transfer rejected": 21,
    "destination out of service": 27,
    "unidentified subscriber": 28,
    "facility rejected": 29,
    "unknown subscriber": 30,
    "network out of order": 38,
    "temporary failure": 41,
    "congestion": 42,
    "resources unavailable, unspecified": 47,
    "me failure": 300,
    "sms service of me reserved": 301,
    "operation not allowed": 302,
    "operation not supported": 303,
    "invalid pdu mode parameter": 304,
    "invalid text mode parameter": 305,
    "sim not inserted": 310,
    "(u)sim not inserted": 310,
    "sim pin required": 311,
    "sim failure": 313,
    "sim busy": 314,
    "sim wrong": 315,
    "sim puk required": 316,
    "memory failure": 320,
    "memory full": 322,
    "smsc address unknown": 330,
    "no network service": 331,
    "network timeout": 332,
    "unknown error": 500,
}

_CME_TEXTS: Final = {
    "operation not allowed": 3,
    "operation not supported": 4,
    "sim not inserted": 10,
    "sim pin required": 11,
    "sim puk required": 12,
    "sim failure": 13,
    "sim busy": 14,
    "sim wrong": 15,
    "incorrect password": 16,
    "memory full": 20,
    "no network service": 30,
    "network timeout": 31,
    "network not allowed - emergency calls only": 32,
    "unknown": 100,
}

_TEXTS: Final = {"cms": _CMS_TEXTS, "cme": _CME_TEXTS}
"""Errors in words, as a modem left in verbose mode gives them."""

BUSY: Final = frozenset({"cme:14", "cms:314", "cms:515", "cme:515"})
"""The SIM or the modem asks to be asked again."""

SIM_CAUSES: Final = frozenset(
    {"cms:310", "cms:311", "cms:313", "cms:315", "cms:316", "cme:10", "cme:11", "cme:12", "cme:13"}
)
"""Refusals after which the SIM is looked at before anything else is sent."""

NETWORK_CAUSES: Final = frozenset({"cms:331", "cms:512", "cms:514", "cme:30"})
"""Refusals after which the registration is asked for."""

OWN_CAUSES: Final = SIM_CAUSES | NETWORK_CAUSES
"""Refusals of ``AT+CMGS`` itself that say nothing of the message."""

UNDECIDED: Final = frozenset({"cms:332"})
"""The network did not answer the modem in time: the SMSC may have the message all the same."""


def cause_of(final: str) -> str:
    """``cms:38``, ``cme:14``, or ``error``; an unknown wording becomes a word of its own."""
    found = _ERROR.fullmatch(final)
    if found is None:
        return "error"
    kind, value = found[1].lower(), found[2].strip().lower()
    if value.isdecimal():
        return f"{kind}:{int(value[:5])}"
    known = _TEXTS[kind].get(value)
    if known is not None:
        return f"{kind}:{known}"
    return f"{kind}:{re.sub('[^a-z]+', '_', value)[:32].strip('_') or 'unspecified'}"
