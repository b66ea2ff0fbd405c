"""What to do after a hand-over or a report went wrong: pure, from the evidence and the tries so far.

Never blindly again: a refusal that speaks of the SIM is tried by another SIM, one that speaks of the
network by another operator, a lasting one not at all. What may have been taken is never repeated here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...store.clock import SECOND
from ..evidence.cms import cms, number_of
from ..evidence.kinds import Kind

BUDGET = 3
"""Hand-overs of a message that may be refused, or given up by the network, before it is given up."""

_PDU = "pdu"
"""It cannot even be encoded."""
_QUICK = frozenset({41, 314})
_DELAYS = (30 * SECOND, 120 * SECOND, 600 * SECOND)
_QUICK_DELAYS = (2 * SECOND, 10 * SECOND, 60 * SECOND)
_GIVEN_UP_DELAYS = (300 * SECOND, 1800 * SECOND, 3600 * SECOND)
_PARK = 60 * SECOND
_NO_SMSC = 330
_NOT_THE_MESSAGE = frozenset({Kind.SIM, Kind.CONFIGURATION, Kind.DEVICE})
_LASTING = frozenset({Kind.DESTINATION, Kind.BARRED, Kind.MESSAGE})

# 197: refused as a duplicate of one the SMSC holds, so it may well be there.
_UNKNOWN = frozenset({"cms:332", "cms:197", "timeout"})

_WITHDRAWN = frozenset({"", "lost", "stopped", "displaced", "recalled", "crash"})
"""Causes of ``unsent`` after which the modem is gone anyway, or not at fault."""
_PAUSE = 2 * SECOND
POISON_TRIES = 4
"""Times that a message could not even be begun, by two modems, before it is set aside."""
POISON_ALONE = 20
"""The same where one modem is all there is."""

Elsewhere = Literal["", "sim", "operator"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with the part."""

    verdict: Literal["again", "fail"]
    delay: int = 0
    """Microseconds to wait before it is eligible again."""
    park: int = 0
    """Microseconds that the SIM should rest: it is the SIM that cannot."""
    elsewhere: Elsewhere = ""
    """Who should take it next, when there is one: another SIM, or a SIM of another operator."""


FAULT_WINDOW = 600 * SECOND
MOST_REFUSALS = 3 * BUDGET
"""Refusals of a message, also those that are the SIMs' own, before they count all the same."""
AFTER_SIM_FAULT = Decision("again", _QUICK_DELAYS[0], FAULT_WINDOW, "sim")
"""Two recipients refused by one SIM within the window: the SIM rests, the message goes elsewhere."""


def is_unknown(cause: str) -> bool:
    """Whether an error leaves open if the SMSC took the part: network time-out, no answer."""
    return cause in _UNKNOWN


def after_refusal(
    cause: str, tries: int, *, emergency: bool = False, vendor: Kind | None = None
) -> Decision:
    """What follows the refusal ``cause`` of a message handed over ``tries`` times, this one included.

    ``vendor``: what it means to the make of the modem, where that has a meaning of its own for it.
    """
    code = number_of(cause)
    kind = vendor or (Kind.UNKNOWN if code is None else cms(code).kind)
    park = _PARK if kind is Kind.SIM or code == _NO_SMSC else 0
    if cause == _PDU or kind in _LASTING or tries >= BUDGET:
        return Decision("fail", park=park)
    # A fault of SIM or modem says nothing about the message: another may have it soon.
    quick = emergency or code in _QUICK or kind in _NOT_THE_MESSAGE
    delays = _QUICK_DELAYS if quick else _DELAYS
    delay = delays[min(max(tries, 1), len(delays)) - 1]
    operator = kind is Kind.TEMPORARY and tries >= 2
    return Decision("again", delay, park, "operator" if operator else "sim")


def after_giving_up(
    tries: int, now: int, valid_until: int | None, *, emergency: bool = False
) -> Decision:
    """What follows a report that the network gave a part up for a temporary reason (0x60-0x7F)."""
    delays = _QUICK_DELAYS if emergency else _GIVEN_UP_DELAYS
    delay = delays[min(max(tries, 1), len(delays)) - 1]
    if tries >= BUDGET or (valid_until is not None and now + delay >= valid_until):
        return Decision("fail")
    return Decision("again", delay, elsewhere="operator")


def after_unsent(cause: str, strikes: int = 0, modems: int = 0) -> Decision:
    """What follows when a message was certainly not sent: back at once, nothing counted.

    A modem that could not even begin pauses, lest it spin. ``strikes``: how often that happened to
    this message already, this time included, on how many ``modems``: at last it is the message.
    """
    if cause in _WITHDRAWN:
        return Decision("again")
    if strikes >= POISON_ALONE or (strikes >= POISON_TRIES and modems >= 2):
        return Decision("fail", park=_PAUSE)
    return Decision("again", park=_PAUSE, elsewhere="sim")


def is_strike(cause: str) -> bool:
    """Whether ``unsent`` for this cause may be the message's own fault."""
    return cause not in _WITHDRAWN


def avoided(elsewhere: Elsewhere, imsi: str) -> str | None:
    """What a message that should go elsewhere avoids: the IMSI, or its operator (MCC and MNC)."""
    return {"": None, "sim": imsi, "operator": imsi[:5]}[elsewhere]
