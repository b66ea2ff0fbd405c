"""Directing a running bank: JSON lines over the Unix socket ``D/control``."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from pathlib import Path
from typing import Literal

import msgspec

from .errors import ControlError
from .faults import Fault, FaultKind
from .outcomes import Rule

SOCKET = "control"
TIMEOUT = 10.0


class Inbound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message from a subscriber to a modem of the bank; long texts arrive in parts."""

    modem: int
    sender: str = msgspec.field(name="from")
    text: str
    reference: int | None = None
    """Concatenation reference of a long text; None: drawn."""
    order: tuple[int, ...] = ()
    """Sequence numbers of the parts in the order of arrival; (): ascending. May repeat or omit."""


class Ring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call to a modem of the bank; the caller gives up after ``rings``."""

    modem: int
    caller: str = msgspec.field(name="from")
    rings: int = 3


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line to the bank. ``{"modem": 3, "fault": "hang_after_ctrl_z", "count": 1}``,
    ``{"inbound": {"modem": 0, "from": "+86138…", "text": "退订"}}``,
    ``{"ring": {"modem": 0, "from": "+86138…"}}``, ``{"rule": {"number": …}}``,
    ``{"status": true}``.
    """

    modem: int | None = None
    """Index of the modem; None with a fault: every modem."""
    fault: FaultKind | None = None
    count: int = 1
    skip: int = 0
    seconds: float = 0.0
    code: int = 500
    size: int = 4096
    inbound: Inbound | None = None
    ring: Ring | None = None
    rule: Rule | None = None
    status: bool = False

    def as_fault(self) -> Fault | None:
        """The fault asked for, if any."""
        if self.fault is None:
            return None
        return Fault(self.fault, self.count, self.skip, self.seconds, self.code, self.size)


class ModemStatus(msgspec.Struct, frozen=True):
    """What the bank says of one modem."""

    index: int
    port: str
    imei: str
    imsi: str
    number: str
    state: Literal["on", "hung", "booting", "off"]
    sent: int
    """PDUs put on the air since the bank started."""
    persona: str = "plain"
    iccid: str = ""
    ttys: dict[str, str] = {}  # msgspec copies the default
    """Its other ports by role: at2, diag, nmea, data."""
    misused: int = 0
    """Bytes written to its diagnostic port, where none should be."""
    call: Literal["none", "ringing", "active"] = "none"
    calls_refused: int = 0


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The bank's line back."""

    ok: bool
    error: str = ""
    modems: tuple[ModemStatus, ...] = ()
    pending: int = 0
    """Messages the SMSC still holds."""


class BankControl:
    """A client of the control socket of the bank in ``directory``; blocking."""

    def __init__(self, directory: Path | str) -> None:
        self._directory = Path(directory)

    def request(self, request: Request) -> Answer:
        """Have the bank do one thing; raises ``ControlError`` when it cannot or will not."""
        try:
            with (
                closing(_connect(self._directory)) as connection,
                connection.makefile("rb") as lines,
            ):
                connection.sendall(msgspec.json.encode(request) + b"\n")
                answer = msgspec.json.decode(lines.readline(), type=Answer)
        except (OSError, msgspec.MsgspecError) as error:
            raise ControlError(f"no answer from the bank: {error}") from error
        if not answer.ok:
            raise ControlError(answer.error)
        return answer

    def fault(self, modem: int | None, fault: FaultKind | Fault) -> None:
        """Let a fault strike ``modem`` (None: all)."""
        if not isinstance(fault, Fault):
            fault = Fault(fault)
        self.request(
            Request(
                modem=modem,
                fault=fault.kind,
                count=fault.count,
                skip=fault.skip,
                seconds=fault.seconds,
                code=fault.code,
                size=fault.size,
            )
        )

    def inbound(self, modem: int, sender: str, text: str) -> None:
        """Send ``text`` from ``sender`` to ``modem``; for more see ``Request.inbound``."""
        self.request(Request(inbound=Inbound(modem=modem, sender=sender, text=text)))

    def ring(self, modem: int, caller: str, rings: int = 3) -> None:
        """Call ``modem`` from ``caller``."""
        self.request(Request(ring=Ring(modem=modem, caller=caller, rings=rings)))

    def power_cycle(self, modem: int, seconds: float = 0.0) -> None:
        """Cut the power of ``modem`` for ``seconds`` (0: shortly), as a switched USB hub would."""
        self.fault(modem, Fault("power_cycle", seconds=seconds))

    def rule(
        self,
        number: str,
        *,
        cms: int | None = None,
        reports: tuple[int, ...] = (0,),
        times: int = 0,
    ) -> None:
        """Decide what becomes of messages to ``number`` from now on (``outcomes.Rule``)."""
        self.request(Request(rule=Rule(number=number, cms=cms, reports=reports, times=times)))

    def status(self) -> Answer:
        """The state of every modem and of the SMSC."""
        return self.request(Request(status=True))


def _connect(directory: Path) -> socket.socket:
    """Connect through ``/proc``: a socket's own path may have 107 bytes only."""
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(TIMEOUT)
        connection.connect(f"/proc/self/fd/{folder}/{SOCKET}")
    except OSError:
        connection.close()
        raise
    finally:
        os.close(folder)
    return connection
