"""What a recall does next for one message. Pure: facts in, decision out.

The ladder: an SMS-COMMAND for each part the SMSC may still hold (3GPP TS 23.040 §9.2.3.19), a
replacement for what was sent recallable (§9.2.3.9), a correction for whoever it may have reached.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from .states import PartState
from .tp_status import DELETED, tp_cause

PROVEN: Final = tp_cause(DELETED)


class Outcome(StrEnum):
    """What a recall achieved for a recipient. Deleted is said only with TP-ST 0x47 as proof."""

    PENDING = "pending"
    CANCELLED = "cancelled"
    """It was still in the queue."""
    STOPPED = "stopped"
    """Parts of it were withheld: no handset can put it together."""
    DELETION_REQUESTED = "deletion_requested"
    DELETION_CONFIRMED = "deletion_confirmed"
    DELETION_REFUSED = "deletion_refused"
    DELETION_UNSUPPORTED = "deletion_unsupported"
    REPLACEMENT_SENT = "replacement_sent"
    CORRECTION_SENT = "correction_sent"
    TOO_LATE = "too_late"


OPEN: Final = "open"
"""A step whose message is not done yet. Other step outcomes: those of :class:`Outcome`, and:"""
NO_ANSWER: Final = "no_answer"
"""The SMSC took the command and never said what came of it."""
NO_PROOF: Final = "no_proof"
"""The SMSC says that it is done with the command, not that it deleted anything."""
NOT_SENT: Final = "not_sent"
FAILED: Final = "failed"
DECLINED: Final = "declined"
"""The second person said no."""


class Standing(Enum):
    """Where one rung of the ladder stands."""

    UNTRIED = 0
    OPEN = 1
    OVER = 2
    """Tried in vain."""
    DONE = 3


class Decision(Enum):
    """What to do next."""

    WAIT = 0
    CONFIRM = 1
    """Every part is proved deleted."""
    COMMAND = 2
    NO_COMMAND = 3
    """Write down that this modem cannot, and decide again."""
    GIVE_UP_COMMAND = 4
    """Nothing is left at the SMSC to delete: close the rung, and decide again."""
    REPLACE = 5
    CORRECT = 6
    END = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one message and of the steps tried for it."""

    deleted: bool
    """Every part has its TP-ST 0x47."""
    on_way: bool
    """A modem has some of it right now."""
    at_smsc: bool
    """The SMSC took a part, and its fate is open: there is something to delete."""
    in_doubt: bool
    reached: bool
    """Some of it is, or may be, with the SMSC or on the handset."""
    can_command: bool
    replaceable: bool
    has_correction: bool
    correction_fits: bool
    """The correction is one segment: a replacement can say it."""
    command: Standing = Standing.UNTRIED
    replacement: Standing = Standing.UNTRIED
    correction: Standing = Standing.UNTRIED


def decide(facts: Facts) -> Decision:
    """The next thing to do."""
    if facts.deleted:
        return Decision.CONFIRM
    if facts.on_way or Standing.OPEN in {facts.replacement, facts.correction}:
        return Decision.WAIT
    if facts.command is Standing.OPEN:
        return Decision.WAIT if facts.at_smsc else Decision.GIVE_UP_COMMAND
    if not facts.reached or facts.correction is Standing.DONE:
        return Decision.END
    if facts.replacement is Standing.DONE and (facts.correction_fits or not facts.has_correction):
        return Decision.END
    if facts.at_smsc and facts.command is Standing.UNTRIED:
        return Decision.COMMAND if facts.can_command else Decision.NO_COMMAND
    if facts.replaceable and facts.replacement is Standing.UNTRIED:
        return Decision.REPLACE
    if facts.has_correction and facts.correction is Standing.UNTRIED:
        return Decision.CORRECT
    # Without anything to send, the end of the doubt may still bring a TP-MR to delete by.
    return Decision.WAIT if facts.in_doubt else Decision.END


_SENT = frozenset({PartState.SUBMITTED, PartState.DELIVERED})
_REACHES = _SENT | {PartState.IN_DOUBT}
_UNKNOWN_END = frozenset(
    {(PartState.EXPIRED, "no_report"), (PartState.FAILED, "closed_unknown")},
)


def may_have_reached(state: PartState, cause: str | None) -> bool:
    """Whether a part is, or may be, with the SMSC or on the handset."""
    return state in _REACHES or (state, cause) in _UNKNOWN_END


_UNSUPPORTED = frozenset(f"cms:{code}" for code in (69, 97, 99, 111, 161, 176, 303, 304, 305)) | {
    "cme:3",
    "cme:4",
    "cme:50",
    "cme:100",
    "command_unsupported",
}
"""Answers that mean: SMS-COMMAND does not exist here (3GPP TS 27.005 §3.2.5, TS 24.011 E-2)."""


def command_outcome(state: PartState, cause: str | None) -> str:
    """What came of a command whose message is in ``state``; :data:`OPEN` while it may change."""
    if state is PartState.DELIVERED:
        return Outcome.DELETION_CONFIRMED.value if cause == PROVEN else NO_PROOF
    if state is PartState.FAILED:
        if cause == "closed_unknown":
            return NO_ANSWER
        refused = (
            Outcome.DELETION_UNSUPPORTED if cause in _UNSUPPORTED else Outcome.DELETION_REFUSED
        )
        return refused.value
    if state is PartState.UNDELIVERABLE:
        return Outcome.DELETION_REFUSED.value
    if state is PartState.EXPIRED:
        return NOT_SENT if cause == "validity" else NO_ANSWER
    if state in {PartState.CANCELLED, PartState.REJECTED, PartState.RECALLED}:
        return NOT_SENT
    return OPEN


def sending_outcome(state: PartState, achieved: Outcome) -> str:
    """What came of a replacement or correction: ``achieved`` once the SMSC took it."""
    if state in _SENT:
        return achieved.value
    ended = {PartState.FAILED, PartState.UNDELIVERABLE, PartState.EXPIRED, PartState.CANCELLED}
    return FAILED if state in ended | {PartState.REJECTED, PartState.RECALLED} else OPEN


def deletion_outcome(steps: Collection[str]) -> Outcome:
    """The word for a message after all its commands (``steps``: their outcomes) are over."""
    if Outcome.DELETION_REFUSED in steps:
        return Outcome.DELETION_REFUSED
    if Outcome.DELETION_UNSUPPORTED in steps:
        return Outcome.DELETION_UNSUPPORTED
    # Proof for every part is told by the parts; proof for some only is none for the message.
    if {NO_ANSWER, NO_PROOF} & set(steps):
        return Outcome.DELETION_REQUESTED
    return Outcome.PENDING


def standing(outcomes: Collection[str], achieved: Outcome) -> Standing:
    """Where a rung stands whose steps came to ``outcomes``."""
    if not outcomes:
        return Standing.UNTRIED
    if OPEN in outcomes:
        return Standing.OPEN
    return Standing.DONE if achieved in outcomes else Standing.OVER
