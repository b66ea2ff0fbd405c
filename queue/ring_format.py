"""The bytes of the hand-over file, and what a start reads from the one a crash left behind.

A header names the database and the boot it belongs to; then come slots of 16 bytes, all zero when
free. Everything carries a CRC-32, so that a torn or foreign file is known for what it is.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_MAGIC = b"ESMSRING"
_VERSION = 1
_HEADER = struct.Struct("<8sII16s36s")  # magic, version, slots, database id, boot id
_SLOT = struct.Struct("<QBBH")  # attempt, state, TP-MR, zero
_CRC = struct.Struct("<I")
HEADER_BYTES = 128
SLOT_BYTES = _SLOT.size + _CRC.size
FREE = bytes(SLOT_BYTES)
BEGUN, ANSWERED = 1, 2
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Remains:
    """What a hand-over file says of the attempts that were on their way when the gateway ended."""

    trustworthy: bool = False
    """Intact, of this database, and written since the machine started: a missing attempt was
    never handed over. After a power cut nothing can be said of what is missing."""
    entries: Mapping[int, int | None] = field(default_factory=dict[int, int | None])
    """TP-MR of each attempt that was answered; ``None`` = handed over, no answer yet."""


def boot_id() -> str:
    """The kernel's id of this boot; empty when there is none, which no file is ever true to."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def encode_header(slots: int, database_id: str, boot: str) -> bytes:
    """The first bytes of a file with ``slots`` slots. ``database_id``: 32 hexadecimal digits."""
    packed = _HEADER.pack(
        _MAGIC, _VERSION, slots, bytes.fromhex(database_id), boot.encode("ascii")[:36]
    )
    return (packed + _CRC.pack(zlib.crc32(packed))).ljust(HEADER_BYTES, b"\0")


def encode_slot(attempt: int, state: int, tp_mr: int = 0) -> bytes:
    """A slot in use."""
    packed = _SLOT.pack(attempt, state, tp_mr, 0)
    return packed + _CRC.pack(zlib.crc32(packed))


def decode_slot(data: bytes) -> tuple[int, int | None] | None:
    """Attempt and TP-MR (``None`` = begun only) of a slot in use; ``None`` when it is damaged."""
    packed, crc = data[: _SLOT.size], data[_SLOT.size :]
    if len(data) != SLOT_BYTES or _CRC.pack(zlib.crc32(packed)) != crc:
        return None
    attempt, state, tp_mr, zero = _SLOT.unpack(packed)
    if zero or state not in {BEGUN, ANSWERED}:
        return None
    return attempt, tp_mr if state == ANSWERED else None


def decode(data: bytes, database_id: str, boot: str) -> Remains:
    """What a file of these bytes says about ``database_id``; never raises.

    A file of another database says nothing. One that is damaged, or of an earlier boot, still
    testifies for the slots that are whole.
    """
    header = data[:HEADER_BYTES]
    fields = _header(header)
    if fields is None or fields[1] != bytes.fromhex(database_id):
        return Remains()
    slots, _, written = fields
    entries: dict[int, int | None] = {}
    whole = len(data) == HEADER_BYTES + slots * SLOT_BYTES
    for start in range(HEADER_BYTES, len(data), SLOT_BYTES):
        piece = data[start : start + SLOT_BYTES]
        if piece == FREE:
            continue
        entry = decode_slot(piece)
        if entry is None:
            whole = False
        elif entries.get(entry[0]) is None:
            entries[entry[0]] = entry[1]
    return Remains(whole and bool(boot) and written == boot, entries)


def _header(header: bytes) -> tuple[int, bytes, str] | None:
    """Slots, database id and boot id; ``None`` when the header is not sound."""
    packed = header[: _HEADER.size]
    crc = header[_HEADER.size : _HEADER.size + _CRC.size]
    if len(header) != HEADER_BYTES or _CRC.pack(zlib.crc32(packed)) != crc:
        return None
    magic, version, slots, database, boot = _HEADER.unpack(packed)
    if magic != _MAGIC or version != _VERSION:
        return None
    return slots, database, boot.rstrip(b"\0").decode("ascii", "replace")


def read_remains(path: Path, database_id: str) -> Remains:
    """What the file at ``path`` says; nothing when there is none or it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError:
        return Remains()
    return decode(data, database_id, boot_id())
