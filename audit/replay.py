"""Goes through an export's records once and checks all that follows from the records themselves.

Chain, numbering, epochs and their keys, the tree at every checkpoint, every body whose key is known,
and the table for people. Nothing is skipped: chain and tree are each checked in full.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from . import notes
from .archive import Expected
from .canonical import parse_object
from .errors import FormatError
from .headers import Header, header_of, matched_header, record_line
from .manifest import Manifest
from .notes import Checkpoint, decode64
from .sealing import leaf_hash, open_body
from .succession import EpochKey, Succession
from .tree import HASH, CompactRange
from .view import heading, view_row

_LEAF_LINE = len('{"l":""}\n') + 44
_BODY = frozenset(["action", "actor", "object", "result", "reason", "details", "personal"])
_BACKWARD = timedelta(seconds=1)


@dataclass
class Replay:
    """The state after some records; :meth:`run` takes it to the end."""

    manifest: Manifest
    epoch_key: EpochKey
    shown: frozenset[int]
    anchors: Mapping[int, Sequence[bytes]]
    seq: int = 0
    tree: CompactRange = field(default_factory=CompactRange)
    prev: bytes = b""
    opened: int = 0
    checkpoints: int = 0
    findings: list[str] = field(default_factory=list[str])
    last_ts: str = ""
    _went_back: bool = False

    def __post_init__(self) -> None:
        self._moment = datetime.min.replace(tzinfo=UTC)
        self._ordinary = record_line(self.manifest.origin)
        self.succession = Succession(self.manifest.origin, self.epoch_key)

    def run(self, records: Iterator[bytes], signed: Iterator[bytes], view: Expected) -> None:
        """Check every record. Raises :class:`FormatError`; :attr:`seq` is then the bad record."""
        view.expect(heading())
        due = self._next_checkpoint(signed, 0)
        for line in records:
            if self.seq >= self.manifest.size:
                raise FormatError("there are more records than the manifest says")
            closing = self._record(line, view)
            if due is not None and due[1].size == self.tree.size:
                self._check_checkpoint(*due)
                due = self._next_checkpoint(signed, self.tree.size)
            elif closing:
                raise FormatError("the closing checkpoint of the epoch is missing")
            elif self.seq == self.manifest.size - 1:
                raise FormatError("no checkpoint vouches for the last records")
            self._check_anchors()
            self.seq += 1
        if self.seq != self.manifest.size:
            raise FormatError("records are missing at the end")
        if due is not None:
            raise FormatError("a checkpoint vouches for records that are missing")

    def _record(self, line: bytes, view: Expected) -> bool:
        """Check one line; whether it closes an epoch."""
        if line.startswith(b'{"l"'):
            self._hidden(line)
            return False
        header, plain, sealed = self._read(line)
        leaf = leaf_hash(plain, sealed)
        self._place(header)
        body = self._open(header, plain, sealed)
        self._advance(leaf)
        if self.manifest.covers(header.seq):
            self._check_time(header)
            shown = body if header.epoch in self.shown else None
            view.expect(view_row(header, shown, leaf))
        elif header.opening is None and header.closing is None:
            raise FormatError("a record outside the period that is shown in full")
        return header.closing is not None

    def _read(self, line: bytes) -> tuple[Header, bytes, bytes]:
        """Header, its bytes, and the sealed body of a record shown in full."""
        match = self._ordinary.fullmatch(line)
        if match is not None:
            header = matched_header(match, self.manifest.origin)
            if header is not None:
                return header, match[2], decode64(match[1].decode())
        raw = parse_object(line[:-1])
        if raw.keys() != {"c", "h"} or not isinstance(raw["c"], str):
            raise FormatError("a record with missing or unknown fields")
        if not isinstance(raw["h"], dict):
            raise FormatError("a record without a header")
        header = header_of(raw["h"])  # pyright: ignore[reportUnknownArgumentType]
        # Canonical JSON has one form, so the header's bytes are the end of the line.
        return header, line[len('{"c":"","h":') + len(raw["c"]) : -2], decode64(raw["c"])

    def _hidden(self, line: bytes) -> None:
        leaf = decode64(line[6:-3].decode("ascii", "replace"))
        if len(line) != _LEAF_LINE or len(leaf) != HASH or line[-3:] != b'"}\n':
            raise FormatError("a leaf that is no leaf")
        if line[:6] != b'{"l":"':
            raise FormatError("a leaf that is no leaf")
        if self.manifest.covers(self.seq):
            raise FormatError("a record of the period is left out")
        self.succession.inside()
        self._advance(leaf)

    def _advance(self, leaf: bytes) -> None:
        self.tree.append(leaf)
        self.prev = leaf

    def _place(self, header: Header) -> None:
        """That the header belongs here: log, number, chain, epoch."""
        if header.origin != self.manifest.origin:
            raise FormatError("a record of another log")
        if header.seq != self.seq:
            raise FormatError(f"record {header.seq} stands where {self.seq} belongs")
        if header.prev != self.prev:
            raise FormatError("the chain is broken: the record does not follow the one before")
        self.succession.follow(header)

    def _open(self, header: Header, plain: bytes, sealed: bytes) -> dict[str, Any] | None:
        if header.opening is not None or header.closing is not None:
            if sealed or header.kind != "sys":
                raise FormatError("an epoch.open or epoch.close with a body")
            return None
        key = self.succession.epochs[-1].key
        if key is None:
            return None
        body = parse_object(open_body(key, header.epoch, header.seq, plain, sealed))
        if not body.keys() <= _BODY or not {"action", "actor"} <= body.keys():
            raise FormatError("a body with missing or unknown fields")
        self.opened += 1
        return body

    def _check_time(self, header: Header) -> None:
        manifest = self.manifest
        edge = (header.seq == manifest.first != 0) or (
            header.seq == manifest.last != manifest.size - 1
        )
        asked = bool(manifest.from_ or manifest.to)
        if edge and (not asked or manifest.in_period(header.ts)):
            raise FormatError("records of the period are left out")
        if header.ts != self.last_ts:
            try:
                moment = datetime.fromisoformat(header.ts)
            except ValueError as error:
                raise FormatError("a time that does not exist") from error
            self._went_back = self._went_back or self._moment - moment > _BACKWARD
            self._moment, self.last_ts = moment, header.ts
        if self._went_back and header.opening is None and header.closing is None:
            if header.kind != "clock":
                self.findings.append(f"record {header.seq}: time goes back without a clock record")
            self._went_back = False

    def _next_checkpoint(
        self, signed: Iterator[bytes], size: int
    ) -> tuple[notes.Note, Checkpoint] | None:
        line = next(signed, None)
        if line is None:
            return None
        raw = parse_object(line[:-1])
        if raw.keys() != {"note"} or not isinstance(raw["note"], str):
            raise FormatError("a checkpoint with missing or unknown fields")
        note = notes.parse_note(raw["note"].encode())
        checkpoint = notes.parse_checkpoint(note.text)
        if checkpoint.size == size:
            raise FormatError("two checkpoints of the same size")
        if checkpoint.size < size:
            raise FormatError("a checkpoint out of order")
        return note, checkpoint

    def _check_checkpoint(self, note: notes.Note, checkpoint: Checkpoint) -> None:
        epoch = self.succession.epochs[-1]
        if note.name != notes.key_name(self.manifest.origin, epoch.number):
            raise FormatError("a checkpoint signed in the name of another epoch or log")
        if not notes.verify(note, note.name, epoch.public_key):
            raise FormatError("a checkpoint whose signature is not the epoch's")
        if checkpoint != Checkpoint(self.manifest.origin, self.tree.size, self.tree.root()):
            raise FormatError("the records are not those that the checkpoint signed")
        self.checkpoints += 1

    def _check_anchors(self) -> None:
        for root in self.anchors.get(self.tree.size, ()):
            if root != self.tree.root():
                raise FormatError("the records are not those that an anchor vouches for")
