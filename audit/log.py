"""The sealed log: implements the store's :class:`~..store.events.Recorder`.

Everything here runs on the store's thread. Memory never runs ahead of the disk for long: when a
transaction fails, :meth:`AuditLog.discarded` forgets the tree and the epoch's key, and the next
seal reads the log's end back and goes on in a new epoch, so that no nonce is used twice.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo

from ..store.clock import Clock
from ..store.events import Event, Scalar
from ..store.sql import load
from ..store.unit import UnitOfWork
from . import epochs, notes, times
from .bodies import encode_body
from .boot import Tail, origin_of, read_tail
from .epochs import OpenEpoch
from .headers import KINDS, START
from .headers import STOP as STOPPED
from .keys import Keys
from .sheet import Sheet
from .tree import CompactRange
from .vault import SubjectVault

_SQL = load(__name__, "log.sql")
STOP = Event(kind="sys", action="sys.stop")
"""Recorded last at an orderly end: it closes the epoch."""
NEW_DAY = Event(kind="sys", action="sys.day")
"""Recorded when a day has gone by without a record: it closes that day's epoch."""


class AuditLog:
    """Opened with :meth:`load`."""

    def __init__(
        self,
        origin: str,
        keys: Keys,
        vault: SubjectVault,
        zone: tzinfo,
        boottime: Callable[[], int],
    ) -> None:
        self.origin = origin
        self._keys = keys
        self._vault = vault
        self._zone = zone
        self._boottime = boottime
        self._boot = secrets.token_hex(8)
        self._jumps = times.JumpDetector()
        self._quality = times.quality()
        self._sheet: Sheet | None = None
        self._epoch: OpenEpoch | None = None
        self._last_epoch = 0
        self._stale = False
        self._closings: list[tuple[int, CompactRange]] = []
        self._signed = 0
        self._durable = 0

    @classmethod
    def load(
        cls,
        connection: sqlite3.Connection,
        keys: Keys,
        clock: Clock,
        *,
        vault: SubjectVault | None = None,
        timezone: tzinfo = UTC,
        boottime: Callable[[], int] = times.boottime,
    ) -> AuditLog:
        """Verify the tail, close an epoch that a crash left open, open a new one.

        For ``Store.open``: ``connection`` is the writer in autocommit mode. ``timezone`` decides
        when a day ends. Raises :class:`~.errors.AuditDamagedError`, which names the first bad
        record and changes nothing, :class:`~.errors.KeysError`, or a vault error.
        """
        vault = SubjectVault(keys) if vault is None else vault
        vault.prepare(connection)
        log = cls(origin_of(connection), keys, vault, timezone, boottime)
        log._start(connection, clock())
        return log

    @property
    def size(self) -> int:
        """Records that are durable."""
        return self._durable

    @property
    def unsigned(self) -> int:
        """Durable records that no checkpoint covers yet."""
        return max(0, self._durable - self._signed)

    def day_over(self, now: int) -> bool:
        """Whether the open epoch belongs to another day than ``now`` (microseconds)."""
        epoch = self._epoch
        return epoch is not None and not epoch.day[0] <= now < epoch.day[1]

    def seal(self, connection: sqlite3.Connection, events: Sequence[Event], now: int) -> None:
        """Write the sealed records of a group's events, in order, inside its transaction."""
        sheet = self._sheet or self._reload(connection)
        mono = self._boottime()
        jump = self._jumps.seen(now, mono)
        sheet.stamp(now, mono, self._quality)
        if self._epoch is not None and (why := self._epoch.over(now, sheet.tree.size)):
            self._close(connection, sheet, why)
        epoch = self._epoch or self._open(connection, sheet, now)
        if jump is not None:
            events = [_jumped(jump), *events]
        vault = self._vault
        for event in events:
            # A header of an unknown class would be found damaged at the next start.
            kind = event.kind if event.kind in KINDS else "sys"
            sheet.seal(epoch, kind, encode_body(connection, vault, event))
        if any(event is STOP for event in events):
            self._close(connection, sheet, STOPPED)
        sheet.flush(connection)

    def committed(self) -> None:
        """The transaction that held the last :meth:`seal` is durable."""
        assert self._sheet is not None
        self._durable = self._sheet.tree.size

    def discarded(self) -> None:
        """It was rolled back: forget the in-memory tree and the epoch key it used."""
        self._sheet = None
        self._epoch = None
        self._closings = []

    def write_checkpoint(self, uow: UnitOfWork) -> None:
        """A unit: sign what is durable, and close for good the epochs that ended.

        Units run before their group is sealed, so the tree in memory is what earlier groups
        committed: nothing is signed that a power cut could take back.
        """
        self._sign(uow.connection, uow.now)

    def _start(self, connection: sqlite3.Connection, now: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            sheet = self._reload(connection)
            details: dict[str, Scalar] = {
                "records": sheet.tree.size,
                "unclean": self._stale,
                "warnings": " | ".join(self._keys.warnings),
            }
            start = Event(kind="sys", action="sys.start", details=details)
            self.seal(connection, [start], now)
            connection.execute("COMMIT")
            self.committed()
            connection.execute("BEGIN IMMEDIATE")
            self._sign(connection, now)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _reload(self, connection: sqlite3.Connection) -> Sheet:
        tail: Tail = read_tail(connection, self.origin)
        self._sheet = Sheet(self.origin, self._boot, tail.tree, tail.prev)
        self._epoch = None
        self._closings = tail.closings
        self._signed = tail.signed
        self._last_epoch = 0 if tail.last is None else tail.last.epoch
        self._stale = tail.last is not None and tail.last.closing is None
        if tail.last is not None:
            self._jumps = times.JumpDetector(times.from_rfc3339(tail.last.ts))
        return self._sheet

    def _open(self, connection: sqlite3.Connection, sheet: Sheet, now: int) -> OpenEpoch:
        if self._stale:
            self._close(connection, sheet, START)
        number = self._last_epoch + 1
        if number == 1:
            epochs.announce(connection, self._keys, number)
        self._quality = times.quality()
        self._epoch, declared = epochs.open_epoch(
            connection, self._keys, self.origin, number, sheet.tree.size, now, self._zone
        )
        sheet.declare(number, "open", declared)
        self._last_epoch = number
        return self._epoch

    def _close(self, connection: sqlite3.Connection, sheet: Sheet, why: str) -> None:
        number = self._last_epoch
        connection.execute(_SQL["close_epoch"], (sheet.tree.size, number))
        following = epochs.announce(connection, self._keys, number + 1)
        sheet.declare(number, "close", {"next": notes.encode64(following), "why": why})
        self._closings.append((number, sheet.tree.copy()))
        self._epoch = None
        self._stale = False

    def _sign(self, connection: sqlite3.Connection, now: int) -> None:
        if self._sheet is None:
            return
        due = [(epoch, tree, True) for epoch, tree in self._closings]
        tree = self._sheet.tree
        if self._epoch is not None and tree.size > self._signed:
            due.append((self._epoch.number, tree, False))
        for epoch, tree, last in due:
            key = epochs.signing_key(connection, self._keys, epoch)
            text = notes.Checkpoint(self.origin, tree.size, tree.root()).text()
            note = notes.sign(text, notes.key_name(self.origin, epoch), key)
            row = (tree.size, epoch, note, tree.encode(), now)
            connection.execute(_SQL["insert_checkpoint"], row)
            if last:
                connection.execute(_SQL["destroy_signer"], (epoch,))
        # Only now, after the last statement that can fail. If the commit fails, all is reloaded.
        self._closings = []
        self._signed = due[-1][1].size if due else self._signed


def _jumped(microseconds: int) -> Event:
    return Event(kind="clock", action="clock.jump", details={"microseconds": microseconds})
