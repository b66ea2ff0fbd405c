"""Whether a send needs a second person: DESIGN's rule, asked inside the unit that accepts it."""

from __future__ import annotations

from collections.abc import Collection

from ..queue.priorities import Priority
from ..store.clock import SECOND
from ..store.sql import load
from ..store.unit import UnitOfWork
from .callers import Caller

_SQL = load(__name__, "admission.sql")
WINDOW = 86_400 * SECOND
"""Sends of the last 24 hours count."""


def needs_approval(
    uow: UnitOfWork,
    caller: Caller,
    priority: Priority,
    recipients: int,
    subjects: Collection[int] | None,
    above: int,
) -> bool:
    """Whether distinct recipients of unapproved sends, this one included, exceed ``above``.

    ``above`` 0: always. Emergencies never. All keys of a person count as one submitter.
    ``subjects`` may be ``None`` when ``recipients`` alone exceed it.
    """
    if priority is Priority.EMERGENCY:
        return False
    if above <= 0 or recipients > above:
        return True
    counted = unapproved(uow, caller, above + 1)
    return len(counted.union(subjects or ())) > above


def unapproved(uow: UnitOfWork, caller: Caller, limit: int) -> set[int]:
    """Subjects that ``caller`` reached (or waits to reach) in 24 hours unapproved; up to ``limit``."""
    asked = (caller.actor, caller.person_id, uow.now - WINDOW, limit)
    return {row[0] for row in uow.execute(_SQL["unapproved"], asked)}
