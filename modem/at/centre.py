"""The service centre's number on the SIM (3GPP TS 27.005 §3.3.1)."""

from __future__ import annotations

import re

from .modem import GatewayModem
from .query import attempt, first

_NUMBER = re.compile(r'\+CSCA:\s*"([^"]+)"')


def service_centre(modem: GatewayModem, wanted: str, timeout: float) -> str:
    """What the SIM holds in the end, read back; empty: nothing, and nothing can be sent.

    ``wanted`` (``+`` and digits) is written where it holds none or another one; empty: what is
    there stays.
    """
    held = _held(modem, timeout)
    if not wanted or held.removeprefix("+") == wanted.removeprefix("+"):
        return held
    attempt(modem, 'AT+CSCS="GSM"', timeout)  # in UCS2 the digits would be taken for code points
    attempt(modem, f'AT+CSCA="{wanted}",145', timeout)
    return _held(modem, timeout)


def _held(modem: GatewayModem, timeout: float) -> str:
    return first(_NUMBER, attempt(modem, "AT+CSCA?", timeout))
