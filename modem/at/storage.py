"""Messages a modem keeps in its own or the SIM's memory, read as PDUs.

The library's reading decodes with a codec that loses characters and raises on reports without a
time stamp; here only the octets are fetched.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .library import CommandError
from .modem import GatewayModem

_HEADER = re.compile(r"\+CMG[LR]:\s*(.*)")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_INDICATION = re.compile(r'\+(?:CMTI|CDSI):\s*"?([A-Z]{2})"?\s*,\s*(\d+)')
_CPMS = re.compile(r'"?([A-Z]{2})"?\s*,\s*(\d+)\s*,\s*(\d+)')
_LAST_PLACE = 255
"""Where reading place by place gives up."""
_RECEIVED = ("0", "1")  # <stat>: received unread, received read (3GPP TS 27.005 §3.1)


class Stored(NamedTuple):
    """A message in storage. ``length``: TPDU octets as announced, None when not."""

    memory: str
    place: int
    pdu: str
    length: int | None


class Level(NamedTuple):
    """How full one memory is."""

    memory: str
    used: int
    total: int


def indicated(line: str) -> tuple[str, int] | None:
    """Memory and place of a ``+CMTI`` or ``+CDSI`` line."""
    found = _INDICATION.match(line)
    return (found[1], int(found[2])) if found else None


class Storage:
    """One modem's storage. Every call talks to the modem and raises what it raises."""

    def __init__(self, modem: GatewayModem, timeout: float, *, listing: bool = True) -> None:
        """``listing``: whether ``AT+CMGL`` may be used; on some modems it hangs."""
        self._modem = modem
        self._timeout = timeout
        self._listing = listing
        self._memory = ""
        self.levels: list[Level] = []
        """As last measured: for reading, for writing, for receiving."""

    def measure(self) -> Level | None:
        """How full the receiving memory is; None when the modem does not tell."""
        self.levels = levels(self._modem.ask("AT+CPMS?", self._timeout))
        if self.levels:
            self._memory = self.levels[0].memory
        return self.levels[-1] if self.levels else None

    def current(self) -> str:
        """The memory reads and deletions act on; empty when the modem does not tell."""
        if not self._memory:
            self.measure()
        return self._memory

    def received(self, memory: str) -> list[Stored]:
        """All received messages and reports in ``memory``."""
        self._select(memory)
        if not self._listing:
            return self._one_by_one(memory)
        lines = self._modem.ask("AT+CMGL=4", self._timeout)
        return [stored for stored in pair(lines, self._memory) if stored.place >= 0]

    def _one_by_one(self, memory: str) -> list[Stored]:
        self.measure()
        level = next((level for level in self.levels if level.memory == memory), None)
        if level is None:
            return []
        found: list[Stored] = []
        for place in range(min(level.total, _LAST_PLACE) + 1):
            if len(found) >= level.used:
                break
            try:
                stored = self.read(memory, place)
            except CommandError:
                continue  # an empty place, or no place of that number
            if stored is not None:
                found.append(stored)
        return found

    def read(self, memory: str, place: int) -> Stored | None:
        """One message; None when the place is empty."""
        self._select(memory)
        lines = self._modem.ask(f"AT+CMGR={place}", self._timeout)
        for stored in pair(lines, memory):
            return stored._replace(place=place)
        return None

    def delete(self, memory: str, place: int) -> None:
        """Free one place."""
        self._select(memory)
        self._modem.ask(f"AT+CMGD={place}", self._timeout)

    def _select(self, memory: str) -> None:
        if memory and memory != self._memory:
            self._modem.ask(f'AT+CPMS="{memory}"', self._timeout)
            self._memory = memory


def levels(lines: list[str]) -> list[Level]:
    """The memories of a ``+CPMS:`` answer."""
    return [
        Level(found[1], int(found[2]), int(found[3]))
        for line in lines
        if line.startswith("+CPMS:")
        for found in _CPMS.finditer(line.partition(":")[2])
        if int(found[3]) > 0
    ]


def pair(lines: list[str], memory: str) -> list[Stored]:
    """Headers with the PDU on the line after each; anything else is skipped."""
    found: list[Stored] = []
    header: list[str] | None = None
    for line in lines:
        match = _HEADER.match(line)
        if match:
            header = [field.strip() for field in match[1].split(",")]
        elif header is not None and _HEX.fullmatch(line):
            listed = len(header) >= 4  # CMGL has the index first, CMGR begins with <stat>
            status = header[1] if listed else header[0]
            if status in _RECEIVED:
                place = int(header[0]) if listed and header[0].isdecimal() else -1
                length = int(header[-1]) if header[-1].isdecimal() else None
                found.append(Stored(memory, place, line, length))
            header = None
    return found
