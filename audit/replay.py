"""Goes through an export's records once and checks all that follows from the records themselves.

Chain, numbering, epochs and their keys, the tree at every checkpoint, every body whose key is known,
and the table for people. Nothing is skipped: chain and tree are each checked in full.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from .canonical import parse_object
from .errors import FormatError
from .headers import Header, header_of
from .heads import SignedHeads
from .library import CIPHERS
from .manifest import Manifest
from .notes import decode64
from .quick import Cells, octets, record_line
from .sealing import leaf_hash, open_body
from .succession import EpochKey, Succession
from .tree import HASH, CompactRange
from .view import cells_of, heading, plain_row, view_row

_LEAF_LINE = len('{"l":""}\n') + 44
_BACKWARD = timedelta(seconds=1)


class Table(Protocol):
    """Takes the table for people, piece by piece: compares it with the file's, or writes it."""

    def expect(self, piece: bytes) -> None:
        """The next piece. Raises :class:`FormatError` when it should be another."""
        ...


@dataclass
class Replay:
    """The state after some records; :meth:`run` takes it to the end."""

    manifest: Manifest
    epoch_key: EpochKey
    shown: Container[int]
    """Epochs whose bodies the table shows."""
    anchors: Mapping[int, Sequence[bytes]]
    """Roots, or their first octets, by the size of the tree."""
    seq: int = 0
    tree: CompactRange = field(default_factory=CompactRange)
    opened: int = 0
    checkpoints: int = 0
    anchored: dict[int, str] = field(default_factory=dict[int, str])
    """Sizes at which an anchor agreed, with the time of the last record shown before it."""
    findings: list[str] = field(default_factory=list[str])
    _last: bytes = b""
    _prev64: bytes = b""
    _went_back: bool = False

    def __post_init__(self) -> None:
        self._moment = datetime.min.replace(tzinfo=UTC)
        self._ordinary = record_line(self.manifest.origin).fullmatch
        self.succession = Succession(self.manifest.origin, self.epoch_key)
        # At the edges of a period there is more to check than the quick way does.
        self.inner = range(self.manifest.first + 1, self.manifest.last)

    def run(self, records: Iterator[bytes], signed: Iterator[bytes], view: Table) -> None:
        """Check every record. Raises :class:`FormatError`; :attr:`seq` is then the bad record."""
        view.expect(heading())
        heads = SignedHeads(self.manifest.origin, signed)
        for line in records:
            if self.seq >= self.manifest.size:
                raise FormatError("there are more records than the manifest says")
            closing = self._record(line, view)
            if heads.come_to(self.tree, self.succession.epochs):
                self.checkpoints += 1
            elif closing:
                raise FormatError("the closing checkpoint of the epoch is missing")
            elif self.seq == self.manifest.size - 1:
                raise FormatError("no checkpoint vouches for the last records")
            self._check_anchors()
            self.seq += 1
        if self.seq != self.manifest.size:
            raise FormatError("records are missing at the end")
        if heads.left:
            raise FormatError("a checkpoint vouches for records that are missing")
        self.succession.end()
        self.findings += self.succession.findings

    def _record(self, line: bytes, view: Table) -> bool:
        """Check one line; whether it closes an epoch."""
        if self._quick(line, view):
            return False
        if line.startswith(b'{"l"'):
            self._hidden(line)
            return False
        header, plain, sealed = self._read(line)
        leaf = leaf_hash(plain, sealed)
        self._place(header)
        cells = self._open(header, plain, sealed)
        self._advance(leaf)
        if self.manifest.covers(header.seq):
            self._check_time(header)
            shown = cells if header.epoch in self.shown else None
            view.expect(view_row(header, shown, leaf))
        elif header.opening is None and header.closing is None:
            raise FormatError("a record outside the period that is shown in full")
        return header.closing is not None

    def _quick(self, line: bytes, view: Table) -> bool:
        """Check an ordinary line that continues what came before; ``False``: look closer."""
        match = self._ordinary(line)
        if match is None or self._went_back or not self.inner.start <= self.seq < self.inner.stop:
            return False
        body, plain, number, kind, prev, seq, ts = match.groups()
        epoch = self.succession.current
        if epoch is None or number != epoch.name or seq != b"%d" % self.seq or prev != self._prev64:
            return False
        sealed = octets(body)
        if sealed is None or (ts != self._last and not self._moves_on(ts.decode())):
            return False
        cells = None
        if epoch.key is not None and CIPHERS:
            cells = cells_of(open_body(epoch.key, epoch.number, self.seq, plain, sealed))
            self.opened += 1
        leaf = leaf_hash(plain, sealed)
        self._advance(leaf)
        shown = cells if epoch.number in self.shown else None
        row = plain_row(seq.decode(), ts.decode(), number.decode(), kind.decode(), shown, leaf)
        view.expect(row)
        return True

    def _moves_on(self, ts: str) -> bool:
        """Take a time that is not before the last one."""
        try:
            moment = datetime.fromisoformat(ts)
        except ValueError:
            return False
        if self._moment - moment > _BACKWARD:
            return False
        self._moment, self._last = moment, ts.encode()
        return True

    def _read(self, line: bytes) -> tuple[Header, bytes, bytes]:
        """Header, its bytes, and the sealed body of a record shown in full."""
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
        self._prev64 = b2a_base64(leaf, newline=False)

    def _place(self, header: Header) -> None:
        """That the header belongs here: log, number, chain, epoch."""
        if header.origin != self.manifest.origin:
            raise FormatError("a record of another log")
        if header.seq != self.seq:
            raise FormatError(f"record {header.seq} stands where {self.seq} belongs")
        if b2a_base64(header.prev, newline=False) != self._prev64:
            raise FormatError("the chain is broken: the record does not follow the one before")
        self.succession.follow(header)

    def _open(self, header: Header, plain: bytes, sealed: bytes) -> Cells | None:
        if header.opening is not None or header.closing is not None:
            if sealed or header.kind != "sys":
                raise FormatError("an epoch.open or epoch.close with a body")
            return None
        key = self.succession.epochs[-1].key
        if key is None or not CIPHERS:
            return None
        cells = cells_of(open_body(key, header.epoch, header.seq, plain, sealed))
        self.opened += 1
        return cells

    def _check_time(self, header: Header) -> None:
        manifest = self.manifest
        edge = (header.seq == manifest.first != 0) or (
            header.seq == manifest.last != manifest.size - 1
        )
        asked = bool(manifest.from_ or manifest.to)
        if edge and (not asked or manifest.in_period(header.ts)):
            raise FormatError("records of the period are left out")
        if header.ts.encode() != self._last:
            try:
                moment = datetime.fromisoformat(header.ts)
            except ValueError as error:
                raise FormatError("a time that does not exist") from error
            self._went_back = self._went_back or self._moment - moment > _BACKWARD
            self._moment, self._last = moment, header.ts.encode()
        if self._went_back and header.opening is None and header.closing is None:
            if header.kind != "clock":
                self.findings.append(f"record {header.seq}: time goes back without a clock record")
            self._went_back = False

    def _check_anchors(self) -> None:
        roots = self.anchors.get(self.tree.size)
        if roots is None:
            return
        root = self.tree.root()
        if any(root[: len(known)] != known for known in roots):
            raise FormatError("the records are not those that an anchor vouches for")
        self.anchored[self.tree.size] = self._last.decode()
