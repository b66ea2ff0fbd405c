"""Alarms as the API shows them."""

from __future__ import annotations

from ...api.shapes.alarms import AlarmAnswer, AlarmList
from ...policy.errors import Language
from ...store.clock import to_datetime
from ...store.store import Store
from . import book
from .book import Row
from .duty import Duty
from .words import sentence


class AlarmView:
    """Answers the API's questions about alarms."""

    def __init__(self, store: Store, duty: Duty) -> None:
        self._store = store
        self._duty = duty

    async def list(self, limit: int, language: Language) -> AlarmList:
        """Those that stand, then the latest that are over."""
        standing = await self._store.read(book.standing)
        over = await self._store.read(lambda c: book.recent(c, limit))
        return AlarmList(
            open=[_answer(row, language) for row in standing],
            recent=[_answer(row, language) for row in over],
            untold=self._duty.unable or None,
        )


def _answer(row: Row, language: Language) -> AlarmAnswer:
    return AlarmAnswer(
        code=row.code,
        ref=row.ref,
        message=sentence(row.code, row.ref, language),
        detail={name: value for name, value in row.body.items() if name != "raised"},
        raised_at=to_datetime(row.raised_at),
        cleared_at=None if row.cleared_at is None else to_datetime(row.cleared_at),
        told_at=None if row.told_at is None else to_datetime(row.told_at),
    )
