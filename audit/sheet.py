"""Appending records: header, sealed body, leaf, tree, one after the other."""

from __future__ import annotations

import base64
import sqlite3

from ..store.clock import rfc3339
from ..store.sql import load
from .canonical import encode
from .epochs import OpenEpoch
from .sealing import leaf_hash, nonce
from .tree import CompactRange

_SQL = load(__name__, "log.sql")


class Sheet:
    """The growing end of the log. Rows wait in memory until :meth:`flush`."""

    __slots__ = ("_boot", "_head", "_origin", "_prev", "_rows", "_stamp", "_tail", "tree")

    def __init__(self, origin: str, boot: str, tree: CompactRange, prev: bytes) -> None:
        self.tree = tree
        self._prev = base64.b64encode(prev).decode()
        self._origin = origin
        self._boot = boot
        self._rows: list[tuple[int, bytes, bytes, bytes]] = []
        self._stamp: dict[str, object] = {}
        self._head = self._tail = ""

    def stamp(self, now: int, mono: int, quality: str) -> None:
        """The time that the records from here on carry."""
        ts = rfc3339(now)
        self._stamp = {"ts": ts, "mono": mono, "tq": quality}
        self._head = f'{{"boot":"{self._boot}","ep":'
        self._tail = f',"tq":"{quality}","ts":"{ts}","v":1}}'

    def declare(self, epoch: int, name: str, value: dict[str, str]) -> None:
        """Append a record that is all header: ``open`` or ``close``. It uses no nonce."""
        header = {
            "boot": self._boot,
            "ep": epoch,
            "k": "sys",
            "o": self._origin,
            "prev": self._prev,
            "seq": self.tree.size,
            "v": 1,
            name: value,
            **self._stamp,
        }
        self._append(encode(header), b"")

    def seal(self, epoch: OpenEpoch, kind: str, body: bytes) -> None:
        """Append a record with a sealed body."""
        seq = self.tree.size
        # Written out: every value is a number, base64, hex or from a fixed list, and the keys
        # are in order, so this is the canonical encoding at a third of an encoder's time.
        header = (
            f'{self._head}{epoch.number},"k":"{kind}","mono":{self._stamp["mono"]},'
            f'"o":"{self._origin}","prev":"{self._prev}","seq":{seq}{self._tail}'
        ).encode()
        self._append(header, epoch.cipher.encrypt(nonce(epoch.number, seq), body, header))

    def flush(self, connection: sqlite3.Connection) -> None:
        """Write what was appended."""
        connection.executemany(_SQL["insert_record"], self._rows)
        self._rows.clear()

    def _append(self, header: bytes, body: bytes) -> None:
        leaf = leaf_hash(header, body)
        self._rows.append((self.tree.size, header, body, leaf))
        self.tree.append(leaf)
        self._prev = base64.b64encode(leaf).decode()
