"""The air log: every PDU a modem took for transmission, and what became of it.

The witness that nothing was sent twice. A ``submit`` or ``command`` line is written at the moment
the modem takes the Ctrl-Z; ``outcome`` lines follow and refer to it. Numbers and texts are in the
clear: it is the emulator's own log of a made-up network.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Literal

import msgspec

from .errors import AirLogError

AIR_LOG = "air.jsonl"
"""Its name in the bank's directory."""

Result = Literal["accepted", "refused", "report", "replaced", "deleted", "delivered"]


_LONGEST_LINE = 65536
_LINE_START = b'{"line":'


class Aired(msgspec.Struct, tag_field="line", tag="aired", omit_defaults=True):
    """One PDU on the air."""

    seq: int
    """Its number in this log, from 0, in the order of transmission."""
    kind: Literal["submit", "command"]
    modem: int
    imsi: str
    mr: int
    """TP-MR the modem gave it."""
    to: str
    text: str
    """Text of this segment; empty for a command."""
    pdu: str
    monotonic: float
    """Seconds of ``time.monotonic`` (the same clock in every process of this machine)."""
    at: int
    """Microseconds since 1970 UTC."""
    concat: tuple[int, int, int] | None = None
    """Reference, total, sequence."""
    pid: int = 0
    target_mr: int | None = None
    """The TP-MN of a command."""
    outcomes: list[AirOutcome] = []  # msgspec copies the default
    """Filled in by ``read_air_log``."""


class AirOutcome(msgspec.Struct, tag_field="line", tag="outcome", omit_defaults=True):
    """What the network did with a PDU: ``seq`` is that of its ``Aired`` line."""

    seq: int
    result: Result
    monotonic: float
    at: int
    status: int | None = None
    """TP-ST of a report, or the CMS code of a refusal."""


class AirLog:
    """Appends to an air log; each line is in the file when the call returns.

    ``earlier`` is what the file held before. Raises ``AirLogError`` for a file that is none.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._encoder = msgspec.json.Encoder()
        try:
            _cut_torn_line(self._file)
            self.earlier = read_air_log(path)
        except BaseException:
            os.close(self._file)
            raise
        self._next = max((aired.seq for aired in self.earlier), default=-1) + 1

    def take(
        self,
        kind: Literal["submit", "command"],
        *,
        modem: int,
        imsi: str,
        mr: int,
        to: str,
        pdu: str,
        text: str = "",
        concat: tuple[int, int, int] | None = None,
        pid: int = 0,
        target_mr: int | None = None,
    ) -> int:
        """Record a PDU the moment it goes on the air; returns its number in the log."""
        seq, self._next = self._next, self._next + 1
        at, monotonic = time.time_ns() // 1000, time.monotonic()
        self._append(
            Aired(seq, kind, modem, imsi, mr, to, text, pdu, monotonic, at, concat, pid, target_mr)
        )
        return seq

    def outcome(self, seq: int, result: Result, status: int | None = None) -> None:
        """Record what became of PDU number ``seq``."""
        at, monotonic = time.time_ns() // 1000, time.monotonic()
        self._append(AirOutcome(seq, result, monotonic, at, status))

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _append(self, line: Aired | AirOutcome) -> None:
        os.write(self._file, self._encoder.encode(line) + b"\n")


def _cut_torn_line(file: int) -> None:
    """Drop what a killed writer left behind the last whole line."""
    size = os.fstat(file).st_size
    tail = os.pread(file, _LONGEST_LINE, max(0, size - _LONGEST_LINE))
    torn = tail[tail.rfind(b"\n") + 1 :]
    if torn[: len(_LINE_START)] != _LINE_START[: len(torn)]:
        raise AirLogError("not an air log")
    os.ftruncate(file, size - len(torn))


def read_air_log(path: Path | str) -> list[Aired]:
    """Every PDU of the log in the order of transmission, its outcomes attached.

    A last line still being written is left out. Raises ``AirLogError`` for a line that is no
    air log line.
    """
    aired: dict[int, Aired] = {}
    decoder = msgspec.json.Decoder(Aired | AirOutcome)
    for line in Path(path).read_bytes().splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        try:
            entry = decoder.decode(line)
        except msgspec.MsgspecError as error:
            raise AirLogError(f"{path}: {error}") from error
        if isinstance(entry, Aired):
            aired[entry.seq] = entry
        elif entry.seq in aired:
            aired[entry.seq].outcomes.append(entry)
    return list(aired.values())
