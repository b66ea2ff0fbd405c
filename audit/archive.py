"""The export's container: a tar file in which every byte is determined by its content.

POSIX ustar, a fixed list of members in a fixed order, fixed metadata, zero padding, two zero blocks
and the end. The reader makes each header again and compares, so no byte is free to change.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from .errors import FormatError

BLOCK = 512
RECORDS = "records.jsonl"
EPOCHS = "epochs.json"
CHECKPOINTS = "checkpoints.jsonl"
ANCHORS = "anchors.json"
KEYS = "keys.json"
VIEW = "view.csv"
MANIFEST = "MANIFEST.json"
SIGNATURE = "MANIFEST.sig"
MEMBERS = (RECORDS, EPOCHS, CHECKPOINTS, ANCHORS, KEYS, VIEW, MANIFEST, SIGNATURE)
MAX_MEMBER = 8**11 - 1
_OCTAL = re.compile(rb"[0-7]{11}\0")
_CHUNK = 1 << 16
_MAX_LINE = 1 << 22


@dataclass(frozen=True, slots=True)
class Member:
    """Where a member's content lies in the file, and its hash (once written or asked for)."""

    name: str
    offset: int
    size: int


def member_header(name: str, size: int) -> bytes:
    """The 512 octets in front of a member."""
    fields = (
        name.encode().ljust(100, b"\0")
        + b"0000644\0"
        + b"0000000\0" * 2
        + f"{size:011o}\0".encode()
        + b"00000000000\0"
        + b" " * 8
        + b"0"
        + b"\0" * 100
        + b"ustar\x0000"
        + b"\0" * 64
        + b"0000000\0" * 2
    ).ljust(BLOCK, b"\0")
    return fields[:148] + f"{sum(fields):06o}\0 ".encode() + fields[156:]


class ArchiveWriter:
    """Writes members one after the other; sizes need not be known before."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.files: list[dict[str, str | int]] = []
        """Name, size and SHA-256 (hexadecimal) of the members so far."""

    @contextmanager
    def member(self, name: str) -> Generator[MemberWriter]:
        """Write a member through what this yields."""
        start = self._file.tell()
        self._file.write(b"\0" * BLOCK)
        writer = MemberWriter(self._file)
        yield writer
        if writer.size > MAX_MEMBER:
            msg = f"{name} is too large for an export; choose a shorter period"
            raise FormatError(msg)
        self._file.write(b"\0" * (-writer.size % BLOCK))
        end = self._file.tell()
        self._file.seek(start)
        self._file.write(member_header(name, writer.size))
        self._file.seek(end)
        digest = writer.sha256.hexdigest()
        self.files.append({"name": name, "sha256": digest, "size": writer.size})

    def add(self, name: str, content: bytes) -> None:
        """Write a member at once."""
        with self.member(name) as writer:
            writer.write(content)

    def finish(self) -> None:
        """Write the end."""
        self._file.write(b"\0" * (2 * BLOCK))


class MemberWriter:
    """A member being written: counts and hashes."""

    __slots__ = ("_file", "sha256", "size")

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = 0
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Append ``data``."""
        self._file.write(data)
        self.sha256.update(data)
        self.size += len(data)


def read_members(file: BinaryIO) -> dict[str, Member]:
    """The members of an archive. Raises :class:`FormatError` for any byte out of place."""
    length = file.seek(0, os.SEEK_END)
    offset = 0
    members: dict[str, Member] = {}
    for name in MEMBERS:
        file.seek(offset)
        header = file.read(BLOCK)
        octal = header[124:136]
        size = int(octal[:11], 8) if _OCTAL.fullmatch(octal) else -1
        if size < 0 or header != member_header(name, size):
            msg = f"not an export: no member {name} at octet {offset}"
            raise FormatError(msg)
        member = Member(name, offset + BLOCK, size)
        padding = -size % BLOCK
        offset = member.offset + size + padding
        if offset > length:
            msg = f"cut short inside {name}"
            raise FormatError(msg)
        file.seek(member.offset + size)
        if file.read(padding) != b"\0" * padding:
            msg = f"the padding after {name} is not zero"
            raise FormatError(msg)
        members[name] = member
    file.seek(offset)
    if length != offset + 2 * BLOCK or file.read(2 * BLOCK) != b"\0" * (2 * BLOCK):
        msg = "the end is not two zero blocks"
        raise FormatError(msg)
    return members


def digest(file: BinaryIO, member: Member) -> str:
    """The SHA-256 of a member's content, hexadecimal."""
    sha256 = hashlib.sha256()
    file.seek(member.offset)
    left = member.size
    while left:
        chunk = file.read(min(left, _CHUNK))
        if not chunk:
            break
        sha256.update(chunk)
        left -= len(chunk)
    return sha256.hexdigest()


def lines(file: BinaryIO, member: Member) -> Iterator[bytes]:
    """The member's lines with their newlines. Raises :class:`FormatError` for an endless one."""
    file.seek(member.offset)
    left = member.size
    while left:
        line = file.readline(min(left, _MAX_LINE))
        if not line.endswith(b"\n"):
            msg = f"{member.name} has a line that is too long or does not end"
            raise FormatError(msg)
        left -= len(line)
        yield line


class Unread:
    """In place of :class:`Expected`: a member that cannot be compared here."""

    def expect(self, piece: bytes) -> None:
        """Anything will do."""

    def end(self) -> None:
        """Anything will do."""


class Expected:
    """A member's bytes, compared piece by piece with what they must be."""

    def __init__(self, file: BinaryIO, member: Member) -> None:
        self._file = file
        self._name = member.name
        self._left = member.size
        file.seek(member.offset)

    def expect(self, piece: bytes) -> None:
        """Raises :class:`FormatError` when the next bytes are others."""
        self._left -= len(piece)
        if self._left < 0 or self._file.read(len(piece)) != piece:
            msg = f"{self._name} does not say what the record says"
            raise FormatError(msg)

    def end(self) -> None:
        """Raises :class:`FormatError` when something is left."""
        if self._left:
            msg = f"{self._name} has rows that no record has"
            raise FormatError(msg)
