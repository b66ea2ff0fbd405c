"""How climbing ends for one message: nothing left to delete, proof of deletion, or too late."""

from __future__ import annotations

from collections.abc import Sequence

from ..store.unit import UnitOfWork
from .recall_items import Item, Part, Step, add_step, close_step, set_outcome
from .recall_steps import NOT_SENT, OPEN, PROVEN, Outcome
from .states import WAITING, PartState
from .transitions import move_message


def give_up(uow: UnitOfWork, item: Item, steps: Sequence[Step]) -> None:
    """Nothing is left to delete: the message arrived, or ended otherwise, before the command."""
    for step in _open_commands(steps):
        close_step(uow, step, Outcome.TOO_LATE)
        _take_back(uow, step)
    if item.outcome is Outcome.DELETION_REQUESTED:
        item.outcome = Outcome.PENDING  # not told: the next rung or the end has the word


def _confirm(uow: UnitOfWork, steps: Sequence[Step]) -> None:
    """The message's own reports say that it was deleted, before the command's answer did."""
    for step in _open_commands(steps):
        if step.message_state in WAITING:
            close_step(uow, step, NOT_SENT)
        else:
            close_step(uow, step, Outcome.DELETION_CONFIRMED, {"report": PROVEN})
        _take_back(uow, step)


def _open_commands(steps: Sequence[Step]) -> list[Step]:
    return [s for s in steps if s.step == "command" and s.outcome == OPEN and s.message is not None]


def _take_back(uow: UnitOfWork, step: Step) -> None:
    """A command that is needed no more is not sent."""
    if step.message is not None and step.message_state in WAITING:
        move_message(uow, step.message, PartState.CANCELLED, "too_late", frm=WAITING)


def end(
    uow: UnitOfWork,
    item: Item,
    parts: Sequence[Part],
    steps: Sequence[Step],
    *,
    confirmed: bool,
) -> None:
    """Write down the last word: proof that all of it was deleted, or that nothing more can be done."""
    if confirmed:
        _confirm(uow, steps)
        set_outcome(uow, item, Outcome.DELETION_CONFIRMED)
    elif item.outcome is Outcome.PENDING:
        states = ",".join(part.state for part in parts)
        add_step(uow, item, "queue", Outcome.TOO_LATE, {"parts": states})
        set_outcome(uow, item, Outcome.TOO_LATE)
