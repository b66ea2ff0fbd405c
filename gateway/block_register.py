"""The register of stopped texts, read from the sealed log as far back as this box can."""

from __future__ import annotations

import sqlite3

from ..audit.keys import Keys
from ..audit.log import AuditLog
from ..audit.reading import Entry, tail
from ..estate.blocks import BLOCKED, Block, Sealed, form
from ..policy.errors import PolicyError
from ..store.store import Store
from .proofs import sealed_at

_PAGE = 1_000


class BlockRegister:
    """``sender``: the estate's signature, which stands in the form."""

    def __init__(self, store: Store, keys: Keys, log: AuditLog, sender: str) -> None:
        self._store = store
        self._keys = keys
        self._log = log
        self._sender = sender

    async def newest(self, limit: int) -> list[Block]:
        """The newest stopped texts, newest first."""
        found: list[Block] = []
        before: int | None = None
        while len(found) < limit:
            entries = await self._store.read(lambda c, b=before: self._page(c, b))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            found += [_block(entry) for entry in entries if entry.action == BLOCKED]
            if not entries or not entries[-1].readable or not entries[-1].seq:
                break
            before = entries[-1].seq
        return found[:limit]

    async def report(self, sequence: int) -> str:
        """The form about the record ``sequence``. Raises ``not_found``."""
        page = await self._store.read(lambda c: tail(c, self._keys, 1, sequence + 1))
        if not page or page[0].seq != sequence or page[0].action != BLOCKED:
            raise PolicyError("not_found", what="stopped text")
        leaf, checkpoint = await sealed_at(self._store, self._log, sequence)
        return form(_block(page[0]), Sealed(leaf=leaf, checkpoint=checkpoint), self._sender)

    def _page(self, connection: sqlite3.Connection, before: int | None) -> list[Entry]:
        return tail(connection, self._keys, _PAGE, before)


def _block(entry: Entry) -> Block:
    details = entry.details
    return Block(
        sequence=entry.seq,
        at=entry.ts,
        actor=entry.actor,
        hits=int(details.get("hits", 0)),
        categories=str(details.get("categories", "")),
        ruleset=str(details.get("ruleset", "")),
    )
