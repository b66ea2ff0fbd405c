"""Messages that cannot even be begun: set aside with an alarm, so that no modem tries them for ever."""

from __future__ import annotations

from collections.abc import Collection

from ..store.sql import load
from ..store.unit import UnitOfWork
from .states import PartState
from .transitions import move_message

_SQL = load(__name__, "poison.sql")

POISON = "poison"
"""The cause of a message that was set aside, and the code of its alarm."""


def set_aside(uow: UnitOfWork, message_id: int, frm: Collection[PartState]) -> None:
    """Fail the message, cause ``poison``, and raise the alarm for it."""
    move_message(uow, message_id, PartState.FAILED, POISON, frm=frm)
    message, batch = uow.execute(_SQL["names"], (message_id,)).fetchone()
    uow.feed("alarm", POISON, message, {"batch": batch})


def strikes(uow: UnitOfWork, message_id: int) -> tuple[int, int]:
    """How often a modem could not begin the message, and how many modems that were."""
    count, modems = uow.execute(_SQL["strikes"], (message_id,)).fetchone()
    return count, modems
