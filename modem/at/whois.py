"""Asking a port who is behind it, without disturbing what is no modem."""

from __future__ import annotations

import re
from collections.abc import Callable

from .errors import ModemLost, ModemStopped, NoModemError, PortError
from .library import CommandError, TimeoutException
from .modem import GatewayModem
from .opening import IMEI, attention
from .port import Port
from .query import attempt, first
from .waker import Waker

_LISTEN = 0.3
"""Seconds to listen before the first octet is written to a port whose role is not known."""
_OTHER = re.compile(rb"\$G[PNLAB]|\x7e|[\x80-\xff]{4}")
"""Positions (NMEA) and frames (DIAG, HDLC): not a port for AT commands."""


def imei_at(
    port: str, baudrate: int, *, probe: float, timeout: float, listen: bool,
    stopping: Callable[[], bool],
) -> str | None:  # fmt: skip
    """The IMEI of the modem at ``port``; None when there is none that answers. Times in seconds.

    ``listen``: hear whether the port talks by itself before writing to it.
    """
    waker = Waker()
    try:
        if listen and _talks(port, baudrate, waker):
            return None
        return None if stopping() else _ask(port, baudrate, waker, probe, timeout)
    except (PortError, ModemLost, ModemStopped, NoModemError, TimeoutException, CommandError):
        return None
    finally:
        waker.close()


def _talks(url: str, baudrate: int, waker: Waker) -> bool:
    port = Port(url, baudrate, waker)
    try:
        return _OTHER.search(port.read(_LISTEN)) is not None
    finally:
        port.close()


def _ask(port: str, baudrate: int, waker: Waker, probe: float, timeout: float) -> str | None:
    modem = GatewayModem(port, baudrate, urc=lambda event: True, waker=waker)
    try:
        modem.connect()
        attention(modem, probe)
        return first(IMEI, attempt(modem, "AT+CGSN", timeout)) or None
    finally:
        modem.close()
