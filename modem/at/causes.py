"""Final error lines to cause codes (3GPP TS 27.005 §3.2.5, TS 27.007 §9.2)."""

from __future__ import annotations

import re
from typing import Final

_ERROR = re.compile(r"\+(CM[ES]) ERROR:\s*(.*)")

_TEXTS: Final = {
    # +CMS ERROR in words, as a modem left in verbose mode gives it
    "unassigned (unallocated) number": "cms:1",
    "operator determined barring": "cms:8",
    "call barred": "cms:10",
    "short message transfer rejected": "cms:21",
    "destination out of service": "cms:27",
    "unidentified subscriber": "cms:28",
    "facility rejected": "cms:29",
    "unknown subscriber": "cms:30",
    "network out of order": "cms:38",
    "temporary failure": "cms:41",
    "congestion": "cms:42",
    "resources unavailable, unspecified": "cms:47",
    "me failure": "cms:300",
    "sms service of me reserved": "cms:301",
    "operation not allowed": "cms:302",
    "operation not supported": "cms:303",
    "invalid pdu mode parameter": "cms:304",
    "invalid text mode parameter": "cms:305",
    "sim not inserted": "cms:310",
    "(u)sim not inserted": "cms:310",
    "sim pin required": "cms:311",
    "sim failure": "cms:313",
    "sim busy": "cms:314",
    "sim wrong": "cms:315",
    "sim puk required": "cms:316",
    "memory failure": "cms:320",
    "memory full": "cms:322",
    "smsc address unknown": "cms:330",
    "no network service": "cms:331",
    "network timeout": "cms:332",
    "unknown error": "cms:500",
}

BUSY: Final = frozenset({"cme:14", "cms:314", "cms:515", "cme:515"})
"""The SIM or the modem asks to be asked again."""

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
    known = _TEXTS.get(value)
    if known is not None:
        return f"{kind}:{known.partition(':')[2]}"
    return f"{kind}:{re.sub('[^a-z]+', '_', value)[:32].strip('_') or 'unspecified'}"
