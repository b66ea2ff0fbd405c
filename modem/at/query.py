"""Asking a modem what it may not know: a refusal is an answer too."""

from __future__ import annotations

import re

from .library import CommandError
from .modem import GatewayModem


def attempt(modem: GatewayModem, command: str, timeout: float) -> list[str] | None:
    """The answer's lines, or None when the modem refuses the command. Raises what silence raises."""
    try:
        return modem.ask(command, timeout)
    except CommandError:
        return None


def first(pattern: re.Pattern[str], lines: list[str] | None) -> str:
    """Group 1 of the first line that has the pattern; empty without one."""
    for line in lines or []:
        found = pattern.search(line)
        if found:
            return found[1]
    return ""
