"""A person's number changes: household, withdrawals and waiting messages follow, in one unit."""

from __future__ import annotations

from ..policy.callers import Caller
from ..policy.corrections import Corrected
from ..policy.desk import Desk
from ..store.sql import load
from ..store.unit import UnitOfWork

_SQL = load(__name__, "correction.sql")


async def correct(
    desk: Desk, caller: Caller, before: str, after: str, reason: str = ""
) -> Corrected:
    """Correct ``before`` to ``after``; scope ``admin``. See :mod:`..policy.corrections` for what
    becomes of messages."""
    return await desk.correct(caller, before, after, reason, _residents)


def _residents(uow: UnitOfWork, old: int, new: int) -> None:
    uow.execute(_SQL["move_residents"], (new, old))
    uow.execute(_SQL["drop_residents"], (old,))
