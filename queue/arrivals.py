"""Reports that a part has arrived: what nearly all of them say, so they are written together."""

from __future__ import annotations

from ..store.sql import load
from ..store.unit import UnitOfWork
from .alike import move_alike
from .matching import Report
from .recall import Ladder
from .report_effects import NETWORK, Attempt, apply_to, load_attempt
from .states import PartState
from .tp_status import tp_cause

_SQL = load(__name__, "reports.sql")
_RECEIVED = 0
"""TP-ST: received by the recipient (3GPP TS 23.040 §9.2.3.15)."""


class Arrivals:
    """Applies matched reports within one unit. :meth:`write` what is left at the end of it."""

    def __init__(self, uow: UnitOfWork, ladder: Ladder) -> None:
        self._uow = uow
        self._ladder = ladder
        self._pending: dict[int, tuple[Report, Attempt]] = {}

    def apply(self, report: Report, attempt_id: int) -> None:
        """Do what ``report`` says of the attempt, now or with others."""
        if attempt_id in self._pending:
            self.write()  # a later report finds what the earlier one did
        attempt = load_attempt(self._uow, attempt_id)
        if attempt is None:
            return
        if _is_usual(report, attempt):
            self._pending[attempt_id] = (report, attempt)
        else:
            self.write()
            apply_to(self._uow, self._ladder, report, attempt)

    def write(self) -> None:
        """Bring the parts whose arrival was reported to ``delivered``."""
        pending, self._pending = list(self._pending.values()), {}
        if not pending:
            return
        cause = tp_cause(_RECEIVED)
        self._uow.executemany(
            _SQL["set_attempt"],
            [("delivered", cause, report.tp_mr, attempt.id) for report, attempt in pending],
        )
        taken: dict[int, int | None] = {a.part: report.tp_mr for report, a in pending}
        move_alike(self._uow, taken, PartState.SUBMITTED, PartState.DELIVERED, by=NETWORK)
        self._ladder.all_settled(self._uow, [attempt.message for _, attempt in pending])


def _is_usual(report: Report, attempt: Attempt) -> bool:
    return (
        report.tp_st == _RECEIVED
        and attempt.kind != "command"
        and attempt.outcome == "accepted"
        and attempt.part_state is PartState.SUBMITTED
        and attempt.segments == 1
    )
