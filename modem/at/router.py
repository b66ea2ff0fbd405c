"""Lines to events: what answers the pending command, what came on its own. Pure: no I/O, no clock."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from .lexer import PROMPT, Lexer

EventKind = Literal["response", "final", "prompt", "urc", "pdu", "late", "stray"]
"""What a line is:

``response``  belongs to the pending command
``final``     ends the pending command (the line says how)
``prompt``    the pending command wants its PDU
``urc``       came on its own; one line
``pdu``       came on its own; header in ``line``, hexadecimal second line in ``pdu``
``late``      ``+CMGS``/``+CMGC`` that the pending command cannot have caused
``stray``     belongs to nothing: echo of old commands, noise, half an URC
"""


class Event(NamedTuple):
    """One thing the modem said. ``line`` and ``pdu`` may hold personal data: never log them."""

    kind: EventKind
    line: str
    pdu: str = ""


_FINALS = frozenset({"OK", "ERROR", "COMMAND NOT SUPPORT", "TOO MANY PARAMETERS", "ABORTED"})
_ERRORS = ("+CMS ERROR:", "+CME ERROR:")
"""Whole lines, and starts of lines, that end any command."""

_CALL_FINALS = frozenset({"NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE"})
"""Whole lines that end ``ATD`` and ``ATA`` too; and so does ``CONNECT`` with its speed."""

_TWO_LINE = ("+CDS:", "+CMT:", "+CBM:")

_URC = re.compile(
    r"""(
      (?: RING | RDY | Call\ Ready | SMS\ Ready | SMS\ DONE | PB\ DONE | MISSED_CALL:.* | VOICE\ CALL:.*
        | NORMAL\ POWER\ DOWN.* | UNDER-VOLTAGE.* | OVER-VOLTAGE.* | NO\ CARRIER | HANGUP:.* ) $
    | \+(?:CRING|CLIP|CMTI|CDSI|CUSD|CBMI|DTMF|RXDTMF|QTONEDET|WIND|CTZV|CTZE|QIND|QUSIM|CPIN|CFUN
        |CREG|CGREG|CEREG|CLCC|CSSI|CSSU|CGEV|CIEV|SIMREADY):
    | \^(?:DDTMF|RSSI|BOOT|MODE|SRVST|SIMST|HCSQ|CSNR|DSFLOWRPT|STIN|NDISSTAT|LTERSRP|SMMEMFULL
        |ORIG|CONF|CONN|CEND|DSCI|CARDMODE|EARST|ANLEVEL)
    | \*PSUTTZ | DST:
    )""",
    re.VERBOSE,
)

_COMMAND_NAME = re.compile(r"AT([+^*$%#&][A-Z0-9]+)", re.IGNORECASE)
_REGISTRATION = ("+CREG:", "+CGREG:", "+CEREG:")
_REGISTRATION_ANSWER = re.compile(r"\+C(?:|G|E)REG:\s*[0-5]\s*,\s*\d{1,2}(?=\s*(?:,|$))")
_REFERENCES = ("+CMGS:", "+CMGC:")
_LATE = re.compile(r"\+CMG[SC]:\s*(\d{1,3})\b")
_STALE = re.compile(r"OK$|\+CMS ERROR:")
"""Finals a refused or unknown query does not give: not a probe's own answer."""
_HEX = re.compile(r"[0-9A-Fa-f]+")
_LENGTH = re.compile(r"(\d{1,3})\s*$")
_SURELY_PDU = 26
"""Octets of the shortest status report with its service centre address. A modem that announces a
wrong length is believed from here on; below, digits may be another answer (an ICCID)."""


class Router:
    """The dialogue with one modem: at most one pending command, URCs at any moment."""

    __slots__ = (
        "_asked",
        "_body",
        "_call",
        "_command",
        "_header",
        "_lexer",
        "_owed",
        "_probe",
        "_sends",
        "more_urcs",
    )

    def __init__(self) -> None:
        self._lexer = Lexer()
        self.more_urcs: tuple[str, ...] = ()
        """Starts of unsolicited lines of this make, beyond the common ones."""
        self._command: str | None = None
        self._asked = ""
        self._body = ""
        self._sends = False
        self._call = False
        self._owed = False
        self._probe = False
        self._header: str | None = None

    @property
    def pending(self) -> bool:
        """Whether a command waits for its final line."""
        return self._command is not None

    def begin(self, command: str, *, prompt: bool = False, probe: bool = False) -> None:
        """``command`` (without its CR) is about to be written.

        ``prompt``: it takes a PDU. ``probe``: it is a query, and answers to older commands may
        still be under way: a final line before the query's own answer belongs to one of those.
        """
        self._command = command
        self._probe = probe
        name = _COMMAND_NAME.match(command)
        self._asked = f"{name[1].upper()}:" if name else ""
        self._body = ""
        self._sends = prompt
        self._call = command[:3].upper() in ("ATD", "ATA")
        if prompt:
            self._lexer.arm()
        else:
            self._lexer.disarm()

    def body(self, pdu: str) -> None:
        """The PDU of the pending command is about to be written."""
        self._body = pdu

    def end(self) -> None:
        """Nobody waits for the pending command any more; what still comes of it is late or stray."""
        self._command = None
        self._sends = False
        self._lexer.disarm()

    def feed(self, data: bytes) -> list[Event]:
        """Take the next octets from the modem; never raises."""
        self._lexer.push(data)
        events: list[Event] = []
        while (token := self._lexer.take()) is not None:
            if token == PROMPT:
                events.append(Event("prompt", token))
                continue
            header, self._header = self._header, None
            if header is not None:
                if _is_pdu_of(header, token):
                    events.append(Event("pdu", header, token))
                    continue
                events.append(Event("stray", header))
            if token.startswith(_TWO_LINE):
                self._header = token
            else:
                events.append(self._line(token))
        return events

    def _line(self, line: str) -> Event:
        if line in (self._command, self._body) or line == ">":
            return Event("stray", line)
        if line.startswith(_REFERENCES) and self._is_late(line):
            self._owed = True  # its OK comes next and ends nothing else
            return Event("late", line)
        if self._command is not None:
            if self._ends(line):
                if (self._owed and line == "OK") or (self._probe and _STALE.match(line)):
                    self._owed = False
                    return Event("stray", line)
                self.end()
                return Event("final", line)
            if self._answers(line):
                self._owed = self._probe = False
                return Event("response", line)
        if _URC.match(line) or (self.more_urcs and line.startswith(self.more_urcs)):
            return Event("urc", line)
        self._owed = False
        return Event("stray" if self._command is None else "response", line)

    def _is_late(self, line: str) -> bool:
        """Whether the reference in ``line`` is none of the pending command's."""
        if self._sends and self._body and line.startswith(self._asked):
            return False
        return _LATE.match(line) is not None

    def _ends(self, line: str) -> bool:
        if line in _FINALS or line.startswith(_ERRORS):
            return True
        return self._call and (line in _CALL_FINALS or line.startswith("CONNECT"))

    def _answers(self, line: str) -> bool:
        """Whether ``line`` starts as the pending command asked, and is not its URC twin."""
        if not self._asked or not line.upper().startswith(self._asked):
            return False
        return not line.startswith(_REGISTRATION) or bool(_REGISTRATION_ANSWER.match(line))


def _is_pdu_of(header: str, line: str) -> bool:
    octets, half = divmod(len(line), 2)
    if half or not _HEX.fullmatch(line):
        return False
    if octets >= _SURELY_PDU:  # whatever is announced
        return True
    announced = _LENGTH.search(header)
    return octets >= (int(announced[1]) if announced else 0)


def late_reference(line: str) -> int | None:
    """The TP-MR of a ``+CMGS``/``+CMGC`` line; None when it has none."""
    found = _LATE.match(line)
    return int(found[1]) & 0xFF if found else None
