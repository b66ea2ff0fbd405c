"""What the sealed log says about one person, as far back as this box can read it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from ..audit.reading import tail
from .house import House

_PAGE = 1_000


class PersonRecords:
    """For the access report: called with a subject's name in the log and the ids that are theirs."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def __call__(
        self, ref: bytes, about: frozenset[str]
    ) -> tuple[Sequence[dict[str, Any]], str]:
        """Records that name the subject or are about one of its ids, oldest first; and since when
        the log can be read here: empty when all of it can."""
        found: list[dict[str, Any]] = []
        before: int | None = None
        oldest = ""
        while True:
            entries = await self._house.store.read(_page(self._house, before))
            for entry in entries:
                if not entry.readable:  # the keys of older days are gone, too
                    return found[::-1], oldest or entry.ts
                oldest = entry.ts
                named = [name for name, subject in entry.personal.items() if subject == ref]
                if named or entry.object in about:
                    shown = {
                        "sequence": entry.seq, "at": entry.ts, "action": entry.action,
                        "actor": entry.actor, "about": entry.object, "result": entry.result,
                        "reason": entry.reason, "personal_fields": named,
                    }  # fmt: skip
                    found.append({key: value for key, value in shown.items() if value != ""})
            if len(entries) < _PAGE or not entries[-1].seq:
                return found[::-1], ""
            before = entries[-1].seq


def _page(house: House, before: int | None) -> Any:  # noqa: ANN401 - a query of entries
    def query(connection: sqlite3.Connection) -> Any:  # noqa: ANN401
        return tail(connection, house.keys, _PAGE, before)

    return query
