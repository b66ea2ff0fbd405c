"""What to do after a hand-over was refused: pure, from the cause and how often it was tried.

Causes are codes: ``cms:38`` (3GPP TS 27.005 §3.2.5, TS 24.011 annex E-2), ``cme:14``, or a word.
Evidence about numbers, SIMs and operators will refine this; here a refusal has one of three classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...store.clock import SECOND

BUDGET = 3
"""Hand-overs of a part that may be refused before its message is given up."""

_DESTINATION = frozenset({195, 196})
"""The address itself is refused, by the SMSC."""
_MESSAGE = frozenset(
    {95, 96, 97, 99, 128, 129, 130, 143, 144, 145, 159, 160, 161, 175, 176, 198, 199, 304, 305}
)
"""This TPDU will never be taken."""
_PDU = "pdu"
"""It cannot even be encoded."""
_QUICK = frozenset({41, 314})
_DELAYS = (30 * SECOND, 120 * SECOND, 600 * SECOND)
_QUICK_DELAYS = (2 * SECOND, 10 * SECOND, 60 * SECOND)

_SIM = frozenset({8, 10, 29, 50, 193, 310, 311, 312, 313, 315, 316, 317, 318, 330})
"""The SIM (or its settings) cannot send at all: no fault of the message."""
_PARK = 60 * SECOND

# 197: refused as a duplicate of one the SMSC holds, so it may well be there.
_UNKNOWN = frozenset({"cms:332", "cms:197", "timeout"})

_WITHDRAWN = frozenset({"", "lost", "stopped", "displaced", "recalled", "crash"})
"""Causes of ``unsent`` after which the modem is gone anyway, or not at fault."""
_PAUSE = 2 * SECOND


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with the part."""

    verdict: Literal["again", "fail"]
    delay: int = 0
    """Microseconds to wait before it is eligible again."""
    park: int = 0
    """Microseconds that the SIM should rest: it is the SIM that cannot."""


def is_unknown(cause: str) -> bool:
    """Whether an error leaves open if the SMSC took the part: network time-out, no answer."""
    return cause in _UNKNOWN


def after_refusal(cause: str, tries: int, *, emergency: bool = False) -> Decision:
    """What follows the refusal ``cause`` of a message handed over ``tries`` times, this one included."""
    code = _number(cause)
    park = _PARK if code in _SIM else 0
    hopeless = cause == _PDU or code in _DESTINATION or code in _MESSAGE
    if hopeless or tries >= BUDGET:
        return Decision("fail", park=park)
    delays = _QUICK_DELAYS if emergency or code in _QUICK else _DELAYS
    return Decision("again", delays[min(max(tries, 1), len(delays)) - 1], park)


def after_unsent(cause: str) -> Decision:
    """What follows when a message was certainly not sent: back at once, nothing counted.

    A modem that could not even begin pauses, lest it spin.
    """
    return Decision("again", park=0 if cause in _WITHDRAWN else _PAUSE)


def _number(cause: str) -> int | None:
    kind, _, digits = cause.partition(":")
    return int(digits) if kind == "cms" and digits.isascii() and digits.isdigit() else None
