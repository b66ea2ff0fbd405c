"""Replies that opt out: 退订 and its like, in received messages, become opt-outs."""

from __future__ import annotations

import asyncio
import sqlite3

import structlog

from ..queue.inbox_parts import TEXT_CONTEXT
from ..store.errors import StoreClosedError, StoreError
from ..store.events import Event, Personal
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import Vault, VaultError
from .filter.fold import fold
from .filter.views import is_separator
from .optouts import BY_REPLY, add

_SQL = load(__name__, "replies.sql")

# Whole texts, folded: a reply that merely speaks of opting out is for a person to read.
_WORDS = frozenset(
    {"退订", "取消订阅", "不要再发", "拒收", "t", "td", "tt", "stop", "stopall", "unsubscribe"}
)
_LONGEST = 40
_AT_ONCE = 200


def is_opt_out(text: str) -> bool:
    """Whether a reply is nothing but a wish to opt out, however it is written (``ＴＤ``, 退訂。)."""
    if len(text) > _LONGEST:
        return False
    return "".join(c for c in fold(text).text if not is_separator(c)) in _WORDS


class Replies:
    """Reads the inbox once, in order; how far is kept with what was done, so a crash repeats or
    loses nothing, and an opt-out taken back by hand stays so."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    async def run(self, pause: float = 1.0, patience: float = 30.0) -> None:
        """Until cancelled. ``pause``: seconds between looks; ``patience``: the longest wait for news."""
        while True:
            try:
                while await self.read_some():
                    pass
                await self._store.wait_fed(patience)
            except StoreClosedError:
                return
            except StoreError as error:
                structlog.get_logger().warning("replies_wait", error=type(error).__name__)
            await asyncio.sleep(pause)

    async def read_some(self) -> int:
        """Work through received messages not read yet; how many they were (0: none are left)."""
        if not await self._store.read(lambda c: c.execute(_SQL["waiting"]).fetchone()[0]):
            return 0
        return await self._store.write(self._unit, linger=0.25)

    def _unit(self, uow: UnitOfWork) -> int:
        rows = uow.execute(_SQL["unread"], (_AT_ONCE,)).fetchall()
        for _, public_id, subject, sealed, received_at in rows:
            if is_opt_out(self._text(uow.connection, subject, sealed)):
                self._withdraw(uow, subject, public_id, received_at)
        if rows:
            uow.execute(_SQL["advance"], (rows[-1][0], rows[-1][0]))
        return len(rows)

    def _withdraw(self, uow: UnitOfWork, subject: int, ref: str, received_at: int) -> None:
        """Opt out, and confirm it in the record: who, by which message, and how soon."""
        number = self._vault.number(uow.connection, subject)
        new = add(uow, subject, BY_REPLY, "reply", "system", ref, number)
        uow.record(
            Event(
                kind="rights",
                action="withdrawal.confirmed",
                object=ref,
                result="new" if new else "known",
                details={
                    "purposes": ",".join(BY_REPLY),
                    "milliseconds": (uow.now - received_at) // 1000,
                },
                personal={"number": Personal(subject, number)},
            )
        )

    def _text(self, connection: sqlite3.Connection, subject: int, sealed: bytes) -> str:
        try:
            return self._vault.open(connection, subject, TEXT_CONTEXT, sealed)
        except VaultError:
            return ""  # its sender was erased
