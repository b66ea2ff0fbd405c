"""Finds in the sealed log the record that a person's key was destroyed, for the certificate."""

from __future__ import annotations

import sqlite3

from ..audit.checkpoints import checkpoint
from ..audit.keys import Keys
from ..audit.log import AuditLog
from ..audit.reading import tail
from ..audit.vault import SHRED
from ..estate.certificate import Proof
from ..store.sql import load
from ..store.store import Store

_SQL = load(__name__, "audit.sql")
_PAGE = 500
_PAGES = 200
"""The record is among the newest: this many pages are looked through at most."""


class ShredProofs:
    """Call it with a subject's name in the log (hexadecimal)."""

    def __init__(self, store: Store, log: AuditLog, keys: Keys) -> None:
        self._store = store
        self._log = log
        self._keys = keys

    async def __call__(self, ref: str) -> Proof | None:
        """The proof under a signed checkpoint, made now if none covers the record yet."""
        before: int | None = None
        for _ in range(_PAGES):
            at, before = await self._store.read(lambda c, b=before: self._page(c, ref, b))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            if at is not None:
                return await self._signed(at)
            if before is None:
                return None
        return None

    def _page(
        self, connection: sqlite3.Connection, ref: str, before: int | None
    ) -> tuple[int | None, int | None]:
        """The record's sequence, or where the next page begins."""
        entries = tail(connection, self._keys, _PAGE, before)
        for entry in entries:
            if entry.action == SHRED and entry.object == ref:
                return entry.seq, None
        return None, entries[-1].seq if entries and entries[-1].seq else None

    async def _signed(self, sequence: int) -> Proof:
        return Proof(sequence, *await sealed_at(self._store, self._log, sequence))


async def sealed_at(store: Store, log: AuditLog, sequence: int) -> tuple[str, str]:
    """The leaf of a record (hexadecimal), and the note of the first signed tree head over it, made
    now if none covers it yet."""
    if log.unsigned:
        await checkpoint(store, log)

    def query(connection: sqlite3.Connection) -> tuple[str, str]:
        leaf = connection.execute(_SQL["leaf"], (sequence,)).fetchone()[0]
        note = connection.execute(_SQL["note_over"], (sequence,)).fetchone()
        return bytes(leaf).hex(), bytes(note[0]).decode() if note else ""

    return await store.read(query)
