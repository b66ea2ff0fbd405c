"""The receipts of anchors: table ``audit_anchor``, and a record of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from ..store.clock import rfc3339
from ..store.events import Event
from ..store.sql import load
from ..store.unit import UnitOfWork
from . import notes
from .anchors import Receipt
from .errors import AuditError
from .proofs import consistency_from
from .tree import CompactRange

_SQL = load(__name__, "anchor.sql")


class AnchorError(AuditError):
    """An anchor could not be made; says why."""


class AnchorConflictError(AnchorError):
    """Someone outside has seen another log under this one's name."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest signed tree head."""

    epoch: int
    checkpoint: notes.Checkpoint
    note: notes.Note
    text: str
    """The whole note."""


def newest_head(connection: sqlite3.Connection) -> Head:
    """Raises :class:`AnchorError` while there is none."""
    row = connection.execute(_SQL["head"]).fetchone()
    if row is None:
        raise AnchorError("the log has no checkpoint yet")
    note = notes.parse_note(row[2])
    return Head(row[1], notes.parse_checkpoint(note.text), note, bytes(row[2]).decode())


def note_anchor(
    uow: UnitOfWork,
    kind: str,
    head: notes.Checkpoint,
    by: str,
    proof: str,
    actor: str = "system",
    batch: str = "",
) -> None:
    """Keep the receipt of an anchor over ``head``, and record it. ``by`` names no number; ``batch``:
    the public id of what carried it to the phones."""
    uow.execute(_SQL["insert"], (kind, head.size, head.root, by, proof, uow.now, batch))
    uow.record(
        Event(
            kind="sys",
            action=f"anchor.{kind}",
            actor=actor,
            details={"by": by, "records": head.size},
        )
    )


def last_anchor(connection: sqlite3.Connection, kind: str) -> tuple[int, int]:
    """Size and time (microseconds) of the newest anchor of this kind; zeros when there is none."""
    row = connection.execute(_SQL["last"], (kind,)).fetchone()
    return (0, 0) if row is None else (row[0], row[1])


@dataclass(frozen=True, slots=True)
class Anchored:
    """An anchor as this box remembers it; ``at`` in microseconds."""

    kind: str
    size: int
    root: bytes
    at: int
    by: str
    batch: str


def newest(connection: sqlite3.Connection, limit: int) -> list[Anchored]:
    """The newest anchors, newest first."""
    return [Anchored(*row) for row in connection.execute(_SQL["newest"], (limit,))]


def receipts(connection: sqlite3.Connection, size: int) -> list[Receipt]:
    """Every receipt over at most ``size`` records, in the order they came."""
    return [
        Receipt(kind, covered, root, rfc3339(at), by, proof)
        for kind, covered, root, at, by, proof in connection.execute(_SQL["upto"], (size,))
    ]


def consistency(connection: sqlite3.Connection, old: int, new: int) -> Sequence[bytes]:
    """The proof that the tree of ``old`` records is the beginning of that of ``new``.

    Reads only what came after ``old``. Raises :class:`AnchorConflictError` when this log never signed a
    tree of ``old`` records: then it is not the log that someone else has seen.
    """
    if old in {0, new}:
        return []
    row = connection.execute(_SQL["nodes"], (old,)).fetchone()
    if row is None or old > new:
        raise AnchorConflictError(
            f"the witness has seen {old} records of this log, which never signed that many: "
            "an old copy was restored, or another box uses its name"
        )
    tree = CompactRange.decode(old, row[0])

    def root(first: int, last: int) -> bytes:
        part = CompactRange()
        for (leaf,) in connection.execute(_SQL["leaves"], (first, last)):
            part.append(leaf)
        return part.root()

    return consistency_from(tree, new, root)
