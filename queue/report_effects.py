"""What a status report changes: its attempt, the part, and for a command the part it names."""

from __future__ import annotations

from dataclasses import dataclass

from ..store.sql import load
from ..store.unit import UnitOfWork
from .matching import Report, match
from .plan.retry import after_giving_up, avoided
from .recall import Ladder
from .states import PartState, allowed
from .tp_status import DELETED, TpKind, ends_in, tp_cause, tp_kind
from .transitions import By, move_part

_SQL = load(__name__, "reports.sql")

NETWORK = By()
"""What the network reports, nobody did."""
_RECALL = By(kind="recall")

_REPEATED = frozenset({"notice", "correction"})
_OUTCOMES = {TpKind.SUCCESS: "delivered", TpKind.SUPERSEDED: "superseded"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt with its part and its message."""

    part_state: PartState
    id: int
    outcome: str
    imsi: str
    tp_mr: int | None
    intent_at: int
    part: int
    message: int
    kind: str
    segments: int
    subject: int
    target: int | None


def load_attempt(uow: UnitOfWork, attempt_id: int) -> Attempt | None:
    """The attempt with this row id."""
    row = uow.execute(_SQL["attempt"], (attempt_id,)).fetchone()
    return None if row is None else Attempt(PartState(row[0]), *row[1:])


def match_and_apply(uow: UnitOfWork, ladder: Ladder, report: Report) -> bool:
    """Find the attempt that a stored report speaks of, and apply it; whether there was one."""
    found = match(uow, report)
    if found is None:
        return False
    uow.execute(_SQL["matched"], (found, report.id))
    apply(uow, ladder, report, found)
    return True


def apply(uow: UnitOfWork, ladder: Ladder, report: Report, attempt_id: int) -> None:
    """Do what ``report`` says of the attempt that it was matched to."""
    attempt = load_attempt(uow, attempt_id)
    if attempt is not None:
        apply_to(uow, ladder, report, attempt)


def apply_to(uow: UnitOfWork, ladder: Ladder, report: Report, attempt: Attempt) -> None:
    """:func:`apply` for an attempt as it is now."""
    if attempt.kind == "command":
        _apply_to_command(uow, attempt, report)
    else:
        _apply(uow, attempt, report)
    ladder.settled(uow, attempt.message)


def _apply(uow: UnitOfWork, attempt: Attempt, report: Report) -> None:
    kind, cause = tp_kind(report.tp_st), tp_cause(report.tp_st)
    to = ends_in(kind)
    if to is None:
        # The SMSC still tries, so it has it: enough to end a doubt.
        if attempt.outcome == "unknown":
            accept_late(uow, attempt, report.tp_mr, cause)
        return
    if attempt.outcome == "delivered":
        return
    outcome = _OUTCOMES.get(kind, "undeliverable")
    uow.execute(_SQL["set_attempt"], (outcome, cause, report.tp_mr, attempt.id))
    if to is not PartState.DELIVERED and _hangs_on_another(uow, attempt):
        return
    if kind is TpKind.SUPERSEDED and attempt.part_state is PartState.SUBMITTED:
        row = uow.execute(_SQL["replaced_by_recall"], (attempt.message,)).fetchone()
        to = PartState.RECALLED if row[0] else to
    if (
        kind is TpKind.TEMPORARY
        and attempt.part_state is PartState.SUBMITTED
        and _again(uow, attempt, cause)
    ):
        return
    if allowed(attempt.part_state, to):
        shown = "" if report.tp_st == 0 else cause
        by = _RECALL if to is PartState.RECALLED else NETWORK
        move_part(uow, attempt.part, to, shown, report.tp_mr, by=by)


def _apply_to_command(uow: UnitOfWork, attempt: Attempt, report: Report) -> None:
    """The answer to an SMS-COMMAND: 0x47 proves the deletion of its target."""
    kind, cause = tp_kind(report.tp_st), tp_cause(report.tp_st)
    done = kind in {TpKind.SUCCESS, TpKind.RECALLED}
    to = PartState.DELIVERED if done else ends_in(kind)
    if to is None:
        if attempt.outcome == "unknown":
            accept_late(uow, attempt, report.tp_mr, cause)
        return
    if attempt.outcome == "delivered":
        return
    outcome = "delivered" if done else "undeliverable"
    uow.execute(_SQL["set_attempt"], (outcome, cause, report.tp_mr, attempt.id))
    if report.tp_st == DELETED and attempt.target is not None:
        target = load_attempt(uow, attempt.target)
        if target is not None and allowed(target.part_state, PartState.RECALLED):
            uow.execute(_SQL["set_attempt"], ("undeliverable", cause, None, target.id))
            move_part(uow, target.part, PartState.RECALLED, cause, by=_RECALL)
    if allowed(attempt.part_state, to):
        move_part(uow, attempt.part, to, cause, report.tp_mr, by=_RECALL)


def accept_late(uow: UnitOfWork, attempt: Attempt, tp_mr: int, cause: str) -> None:
    """The SMSC has the part after all. One that was queued again meanwhile stays there: a success
    report for any attempt counts."""
    uow.execute(_SQL["set_attempt"], ("accepted", cause, tp_mr, attempt.id))
    if attempt.segments > 1:
        uow.execute(_SQL["pin"], (attempt.imsi, attempt.message))
    if attempt.part_state is PartState.IN_DOUBT:
        move_part(uow, attempt.part, PartState.SUBMITTED, cause, tp_mr, by=NETWORK)


def _again(uow: UnitOfWork, attempt: Attempt, cause: str) -> bool:
    """Whether the part is sent again later: the network gave it up for now, nobody stopped it."""
    row = uow.execute(_SQL["retry"], (attempt.message,)).fetchone()
    tries, valid_until, priority, kind, batch, recalled = row
    if recalled or kind not in _REPEATED or batch not in {"sending", "done"}:
        return False
    decision = after_giving_up(tries, uow.now, valid_until, emergency=priority == 0)
    if decision.verdict == "fail":
        return False
    avoid = avoided(decision.elsewhere, attempt.imsi)
    uow.execute(_SQL["later"], (uow.now + decision.delay, avoid, attempt.message))
    if attempt.segments > 1:
        # The handset joins segments of one sender only.
        uow.execute(_SQL["pin"], (attempt.imsi, attempt.message))
    move_part(uow, attempt.part, PartState.QUEUED, cause, by=NETWORK)
    move_part(uow, attempt.part, PartState.SCHEDULED, "retry", by=NETWORK)
    return True


def _hangs_on_another(uow: UnitOfWork, attempt: Attempt) -> bool:
    return bool(uow.execute(_SQL["other_attempt"], (attempt.part, attempt.id)).fetchone()[0])
