"""Climbing the ladder for one message: withhold, look, do the next step, write down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..store.unit import UnitOfWork
from ..store.vault import Vault
from .recall_ends import end, give_up
from .recall_items import (
    Item,
    Part,
    Step,
    add_step,
    close_step,
    parts_of,
    set_outcome,
    slot_imsi,
    steps_of,
)
from .recall_sending import send_commands, send_correction, send_replacement
from .recall_steps import (
    DECLINED,
    OPEN,
    PROVEN,
    Decision,
    Facts,
    Outcome,
    command_outcome,
    decide,
    deletion_outcome,
    may_have_reached,
    sending_outcome,
    standing,
)
from .states import WAITING, PartState
from .transitions import By, move_message

WITHHELD = "recall"
"""Cause of parts that a recall kept from being sent."""

_STOPS = (
    (frozenset({PartState.QUEUED}), PartState.RECALLED),
    (WAITING - {PartState.QUEUED}, PartState.CANCELLED),
)
_ACHIEVES = {
    "command": Outcome.DELETION_CONFIRMED,
    "replacement": Outcome.REPLACEMENT_SENT,
    "correction": Outcome.CORRECTION_SENT,
}
_ACHIEVED = frozenset({Outcome.REPLACEMENT_SENT, Outcome.CORRECTION_SENT})
_OPEN_DELETION = frozenset({Outcome.PENDING, Outcome.DELETION_REQUESTED})


@dataclass(frozen=True, slots=True)
class Means:
    """What the ladder may use. Called on the store's thread."""

    vault: Vault
    can_command: Callable[[str], bool]
    """Whether the modem that holds the SIM with this IMSI can send an SMS-COMMAND."""
    segments: Callable[[str], int]
    withdrawn: str = field(repr=False)


def climb(uow: UnitOfWork, means: Means, item: Item) -> None:
    """Do for one message what there is to do now."""
    parts = parts_of(uow, item)
    if any(part.state in WAITING for part in parts):
        _withhold(uow, item, parts)
        parts = parts_of(uow, item)
    steps = steps_of(uow, item)
    if item.outcome is Outcome.PENDING or any(step.outcome == OPEN for step in steps):
        _follow_steps(uow, item, steps)
        _climb_on(uow, means, item, parts)


def _withhold(uow: UnitOfWork, item: Item, parts: Sequence[Part]) -> None:
    """Keep back what was not handed over: all of it, or the rest of a message that was begun."""
    by = By(item.actor, kind="recall")
    if all(part.state in WAITING for part in parts):
        move_message(uow, item.message, PartState.CANCELLED, WITHHELD, frm=WAITING, by=by)
        step, outcome = "queue", Outcome.CANCELLED
    else:
        states = {part.state for part in parts}
        for frm, to in _STOPS:
            if states & frm:
                move_message(uow, item.message, to, WITHHELD, frm=frm, by=by)
        step, outcome = "parts", Outcome.STOPPED
    withheld = ",".join(str(part.seq) for part in parts if part.state in WAITING)
    add_step(uow, item, step, outcome, {"withheld": withheld, "of": len(parts)})
    if item.outcome is Outcome.PENDING:
        set_outcome(uow, item, outcome)


def _follow_steps(uow: UnitOfWork, item: Item, steps: Sequence[Step]) -> None:
    """Close the steps whose messages have ended, and word what they came to."""
    outcomes = [_outcome_now(step) for step in steps]
    for step, outcome in zip(steps, outcomes, strict=True):
        if step.outcome == OPEN and outcome != OPEN and step.message_state is not None:
            evidence = {"state": step.message_state.value, "cause": step.message_cause}
            close_step(uow, step, outcome, evidence)
            if outcome in _ACHIEVED:
                set_outcome(uow, item, Outcome(outcome))
    commands = [o for step, o in zip(steps, outcomes, strict=True) if step.step == "command"]
    if item.outcome in _OPEN_DELETION and commands:
        if OPEN not in commands:
            word = deletion_outcome(commands)
        else:
            word = Outcome.DELETION_REQUESTED if any(map(_requested, steps)) else Outcome.PENDING
        set_outcome(uow, item, item.outcome if word is Outcome.PENDING else word)


def _outcome_now(step: Step) -> str:
    if step.outcome != OPEN or step.message_state is None:
        return step.outcome
    if step.step == "command":
        return command_outcome(step.message_state, step.message_cause)
    return sending_outcome(step.message_state, _ACHIEVES[step.step])


def _requested(step: Step) -> bool:
    """Whether the SMSC has, or may have, the command of this step."""
    return step.message_state in {PartState.SUBMITTED, PartState.IN_DOUBT}


def _climb_on(uow: UnitOfWork, means: Means, item: Item, parts: Sequence[Part]) -> None:
    while True:
        steps = steps_of(uow, item)
        imsi = slot_imsi(uow, item, parts)
        decision = decide(_facts(means, item, parts, steps, imsi))
        if decision is Decision.WAIT:
            return
        if decision in {Decision.CONFIRM, Decision.END}:
            end(uow, item, parts, steps, confirmed=decision is Decision.CONFIRM)
            return
        if decision is Decision.GIVE_UP_COMMAND:
            give_up(uow, item, steps)
        elif item.recall_state != "running":
            if item.recall_state == "rejected":
                add_step(uow, item, "queue", DECLINED)
                set_outcome(uow, item, Outcome.TOO_LATE)
            return
        elif decision is Decision.NO_COMMAND:
            add_step(uow, item, "command", Outcome.DELETION_UNSUPPORTED)
            set_outcome(uow, item, Outcome.DELETION_UNSUPPORTED)
        else:
            _send(uow, means, item, parts, decision, imsi)
            return


def _facts(
    means: Means, item: Item, parts: Sequence[Part], steps: Sequence[Step], slot: str | None
) -> Facts:
    states = {part.state for part in parts}
    deletable = [part for part in parts if part.deletable]
    tried = {name: [s.outcome for s in steps if s.step == name] for name in _ACHIEVES}
    return Facts(
        deleted=all(p.state is PartState.RECALLED and p.cause == PROVEN for p in parts),
        on_way=PartState.SUBMITTING in states,
        at_smsc=bool(deletable),
        in_doubt=PartState.IN_DOUBT in states,
        reached=any(may_have_reached(part.state, part.cause) for part in parts),
        can_command=all(means.can_command(part.imsi or "") for part in deletable),
        replaceable=slot is not None,
        has_correction=bool(item.correction),
        correction_fits=bool(item.correction) and means.segments(item.correction or "") == 1,
        **{name: standing(tried[name], _ACHIEVES[name]) for name in _ACHIEVES},
    )


def _send(
    uow: UnitOfWork,
    means: Means,
    item: Item,
    parts: Sequence[Part],
    decision: Decision,
    slot: str | None,
) -> None:
    text = item.correction or means.withdrawn
    if decision is Decision.COMMAND:
        send_commands(uow, item, [part for part in parts if part.deletable])
    elif decision is Decision.REPLACE and slot is not None:
        fits = means.segments(text) == 1
        send_replacement(uow, means.vault, item, text if fits else means.withdrawn, slot)
    else:
        send_correction(uow, means.vault, item, text, means.segments(text))
