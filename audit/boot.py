"""Reading the end of the log back: from the last checkpoint to the tail, verified, never repaired."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from ..store.sql import load
from . import notes
from .errors import AuditDamagedError, FormatError
from .headers import STOP, Header, parse_header
from .sealing import leaf_hash
from .tree import CompactRange

_SQL = load(__name__, "log.sql")


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of the log. ``closings`` are closed epochs whose last checkpoint is missing."""

    tree: CompactRange
    prev: bytes
    last: Header | None
    signed: int
    closings: list[tuple[int, CompactRange]]


def origin_of(connection: sqlite3.Connection) -> str:
    """The log's name: it goes into every header, checkpoint and key derivation."""
    return f"estate-sms/{connection.execute(_SQL['database_id']).fetchone()[0]}"


def read_tail(connection: sqlite3.Connection, origin: str) -> Tail:
    """Verify what follows the last checkpoint. Raises :class:`AuditDamagedError`."""
    tree = _last_checkpoint(connection, origin)
    signed = tree.size
    prev, last = _before(connection, signed)
    due = {row[1] + 1: row[0] for row in connection.execute(_SQL["unsigned_closings"])}
    if any(size <= signed for size in due):
        raise AuditDamagedError(signed, "a closed epoch has no closing checkpoint")
    closings: list[tuple[int, CompactRange]] = []
    for seq, header, body, leaf in connection.execute(_SQL["records_from"], (signed,)):
        last = _follow(tree.size, prev, last, origin, (seq, header, body, leaf))
        tree.append(leaf)
        prev = leaf
        if tree.size in due:
            closings.append((due.pop(tree.size), tree.copy()))
    if due:
        raise AuditDamagedError(tree.size, "the record that closes an epoch is missing")
    _check_epochs(connection, last)
    if last is not None and last.closing is not None and last.closing.why != STOP:
        raise AuditDamagedError(tree.size, "the epoch that followed at once is missing")
    return Tail(tree, prev, last, signed, closings)


def _last_checkpoint(connection: sqlite3.Connection, origin: str) -> CompactRange:
    """The compact range that the newest checkpoint signs; the empty one when there is none."""
    row = connection.execute(_SQL["last_checkpoint"]).fetchone()
    if row is None:
        return CompactRange()
    size, epoch, data, nodes, public = row
    try:
        note = notes.parse_note(data)
        checkpoint = notes.parse_checkpoint(note.text)
        tree = CompactRange.decode(size, nodes)
    except FormatError as error:
        raise AuditDamagedError(size - 1, f"the last checkpoint: {error}") from error
    if not notes.verify(note, notes.key_name(origin, epoch), public):
        raise AuditDamagedError(size - 1, "the last checkpoint's signature is wrong")
    if checkpoint != notes.Checkpoint(origin, size, tree.root()):
        raise AuditDamagedError(size - 1, "the last checkpoint is not of this tree")
    return tree


def _before(connection: sqlite3.Connection, size: int) -> tuple[bytes, Header | None]:
    """Leaf hash and header of the last signed record."""
    if size == 0:
        return b"", None
    row = next(iter(connection.execute(_SQL["records_from"], (size - 1,))), None)
    if row is None or row[0] != size - 1:
        raise AuditDamagedError(size - 1, "signed records are missing")
    try:
        header = parse_header(row[1])
    except FormatError as error:
        raise AuditDamagedError(size - 1, str(error)) from error
    if leaf_hash(row[1], row[2]) != row[3]:
        raise AuditDamagedError(size - 1, "the record does not match its leaf")
    return bytes(row[3]), header


def _follow(
    expected: int,
    prev: bytes,
    last: Header | None,
    origin: str,
    row: tuple[int, bytes, bytes, bytes],
) -> Header:
    """The header of the next record, checked against the one before it."""
    seq, raw, body, leaf = row
    if seq != expected:
        raise AuditDamagedError(expected, "the record is missing")
    try:
        header = parse_header(raw)
    except FormatError as error:
        raise AuditDamagedError(seq, str(error)) from error
    if leaf_hash(raw, body) != leaf:
        raise AuditDamagedError(seq, "the record does not match its leaf")
    if header.origin != origin or header.seq != seq or header.prev != prev:
        raise AuditDamagedError(seq, "the record is of another log or place")
    begins = last is None or last.closing is not None
    epoch = 0 if last is None else last.epoch
    if begins != (header.opening is not None) or header.epoch != epoch + begins:
        raise AuditDamagedError(seq, "the record is in the wrong epoch")
    at_once = last is not None and last.closing is not None and last.closing.why != STOP
    if at_once and last is not None and header.instant() != last.instant():
        raise AuditDamagedError(seq, "the epoch that followed at once is missing")
    return header


def _check_epochs(connection: sqlite3.Connection, last: Header | None) -> None:
    """The table of epochs and the records must tell the same story."""
    row = connection.execute(_SQL["last_epoch"]).fetchone()
    epoch, closed = (0, True) if row is None else (row[0], row[2] is not None)
    if (epoch, closed) != ((0, True) if last is None else (last.epoch, last.closing is not None)):
        raise AuditDamagedError(0 if last is None else last.seq + 1, "records are missing")
