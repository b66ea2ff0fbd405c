"""What a hand-over came to, written down: attempts closed, parts moved, retries decided.

The same verb serves the dispatcher, a displaced intent and the recovery after a crash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..store.sql import load
from ..store.unit import UnitOfWork
from .evidence.cms import may_be_the_sim, number_of
from .merit import KindOf, standard
from .plan.retry import (
    AFTER_SIM_FAULT,
    FAULT_WINDOW,
    MOST_REFUSALS,
    after_refusal,
    after_unsent,
    avoided,
    is_strike,
    is_unknown,
)
from .poison import set_aside, strikes
from .recall import Ladder
from .reports import match_waiting
from .states import PartState
from .transitions import move_message, move_part
from .transmitter import PartResult

_SQL = load(__name__, "outcomes.sql")
_WAY = frozenset({PartState.SUBMITTING})
_NOT_HANDED: Mapping[int, int] = {}


@dataclass(frozen=True, slots=True)
class Settled:
    """What the outcome asks of the lane."""

    requeued: bool = False
    """Something is eligible again."""
    park: int = 0
    """Microseconds that the SIM should rest."""


@dataclass(slots=True)
class _Hand:
    """The results of one message's attempts that are still open, by outcome."""

    message_id: int
    imsi: str
    awaited: bool
    """Whether another message to the same number waits for this one."""
    refused: str | None = None
    unsent: str | None = None


def record(
    uow: UnitOfWork,
    results: Sequence[PartResult],
    ladder: Ladder | None = None,
    handed: Mapping[int, int] = _NOT_HANDED,
    meaning: KindOf = standard,
) -> Settled:
    """Write down the results of one message's attempts.

    ``handed``: when each was handed over, microseconds since 1970. An attempt that a report
    already closed is left alone. ``meaning``: what causes mean to the make of the modem.
    """
    hand: _Hand | None = None
    for result in results:
        row = uow.execute(_SQL["attempt"], (result.attempt,)).fetchone()
        if row is None:
            continue
        part_id, imsi, message_id, state, reported, awaited = row
        hand = hand or _Hand(message_id, imsi, awaited=bool(awaited))
        _close(uow, result, handed.get(result.attempt))
        if state == PartState.SUBMITTING:
            _move(uow, hand, result, part_id)
        # The report may have come first: of what was accepted, or of what is in doubt from now on
        # and can be shown by it to have arrived after all.
        if ladder is not None and reported and result.outcome in {"accepted", "unknown"}:
            match_waiting(uow, result.attempt, ladder)
    if hand is None:
        return Settled()
    settled = _follow(uow, hand, meaning)
    if ladder is not None:
        ladder.settled(uow, hand.message_id)
    return Settled(settled.requeued or hand.awaited, settled.park)


def _close(uow: UnitOfWork, result: PartResult, handed_at: int | None) -> None:
    outcome = result.outcome
    if outcome == "refused" and is_unknown(result.cause):
        outcome = "unknown"
    mr = result.tp_mr if outcome == "accepted" else None
    answered = None if outcome == "unsent" else result.answered_at
    cause = result.cause or None
    uow.execute(_SQL["close_attempt"], (outcome, mr, cause, handed_at, answered, result.attempt))


def _move(uow: UnitOfWork, hand: _Hand, result: PartResult, part_id: int) -> None:
    if result.outcome == "accepted":
        move_part(uow, part_id, PartState.SUBMITTED, tp_mr=result.tp_mr)
    elif result.outcome == "unknown" or (result.outcome == "refused" and is_unknown(result.cause)):
        move_part(uow, part_id, PartState.IN_DOUBT, result.cause)
    elif result.outcome == "refused":
        hand.refused = result.cause
    elif hand.unsent is None:
        hand.unsent = result.cause


def _follow(uow: UnitOfWork, hand: _Hand, meaning: KindOf) -> Settled:
    """Decide what becomes of the parts that were refused or not sent: together, as one message."""
    cause = hand.refused if hand.refused is not None else hand.unsent
    if cause is None:
        return Settled()
    tries, priority, _ = uow.execute(_SQL["message"], (hand.message_id,)).fetchone()
    if hand.refused is None:
        uow.execute(_SQL["give_back_try"], (hand.message_id,))
        struck = strikes(uow, hand.message_id) if is_strike(cause) else (0, 0)
        decision = after_unsent(cause, *struck)
    elif _sim_at_fault(uow, hand, cause):
        # It says nothing about the message: not counted against it.
        uow.execute(_SQL["give_back_try"], (hand.message_id,))
        decision = AFTER_SIM_FAULT
    else:
        decision = after_refusal(cause, tries, emergency=priority == 0, vendor=meaning(cause))
    if decision.verdict == "fail":
        if hand.refused is None:
            set_aside(uow, hand.message_id, _WAY)
        else:
            move_message(uow, hand.message_id, PartState.FAILED, cause, frm=_WAY)
        return Settled(park=decision.park)
    if uow.execute(_SQL["begun_parts"], (hand.message_id,)).fetchone()[0]:
        # The rest must come from the same SIM, or the handset never joins it.
        uow.execute(_SQL["pin"], (hand.imsi, hand.message_id))
    move_message(uow, hand.message_id, PartState.QUEUED, cause, frm=_WAY)
    if decision.delay or decision.elsewhere:
        avoid = avoided(decision.elsewhere, hand.imsi)
        uow.execute(_SQL["defer"], (uow.now + decision.delay, avoid, hand.message_id))
    if decision.delay:
        waiting = frozenset({PartState.QUEUED})
        move_message(uow, hand.message_id, PartState.SCHEDULED, "retry", frm=waiting)
    return Settled(requeued=not decision.delay, park=decision.park)


def _sim_at_fault(uow: UnitOfWork, hand: _Hand, cause: str) -> bool:
    """Whether it is the SIM; not for ever, lest a message goes round all SIMs without end."""
    code = number_of(cause)
    if code is None or not may_be_the_sim(code):
        return False
    since = uow.now - FAULT_WINDOW
    if not uow.execute(_SQL["sim_at_fault"], (since, hand.imsi)).fetchone()[0]:
        return False
    return int(uow.execute(_SQL["refusals"], (hand.message_id,)).fetchone()[0]) < MOST_REFUSALS
