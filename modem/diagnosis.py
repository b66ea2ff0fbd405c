"""How a session ended, and what kind of trouble that is."""

from __future__ import annotations

from time import monotonic
from typing import Literal, NamedTuple

from .at.causes import cause_of
from .at.errors import (
    AilingError,
    ModemLost,
    ModemStopped,
    NoModemError,
    PortError,
    ReopenError,
    SimError,
    WrongModemError,
)
from .at.library import CommandError, TimeoutException
from .state import ModemState

Trouble = Literal[
    "missing",  # no port: nothing to do but to look for it
    "blocked",  # somebody else's to solve: busy port, no rights, another modem
    "sim",  # the modem works, its SIM does not
    "sick",  # the modem does not behave: the recovery ladder
    "ailing",  # the dialogue is fine, the radio side is not: the ladder from there on
    "again",  # on purpose: open it once more
]


class Ending(NamedTuple):
    """The state a session's end leaves the modem in, and why. ``served``: seconds of service."""

    state: ModemState
    reason: str
    trouble: Trouble
    served: float | None = None


def diagnose(error: Exception, served_since: float | None) -> Ending:
    """What ``error`` means for the modem."""
    ending = _kind(error)
    if served_since is None:
        return ending
    return ending._replace(served=monotonic() - served_since)


def _kind(error: Exception) -> Ending:
    match error:
        case PortError(code="no_port"):
            return Ending("absent", "no_port", "missing")
        case PortError(code=code):
            return Ending("faulty", code, "blocked")
        case WrongModemError():
            return Ending("faulty", "wrong_modem", "blocked")
        case ModemLost(code=code):
            return Ending("absent", code, "missing")
        case ModemStopped():
            return Ending("absent", "stopped", "missing")
        case ReopenError(code=code):
            return Ending("absent", code, "again")
        case AilingError(code=code):
            return Ending("faulty", code, "ailing")
        case SimError(code=code):
            return Ending("no_sim", code, "sim")
        case NoModemError():
            return Ending("faulty", "no_modem", "sick")
        case TimeoutException():
            return Ending("faulty", "no_answer", "sick")
        case CommandError(type=kind, code=code):
            cause = cause_of(f"+{kind} ERROR: {code}" if kind else "ERROR")
            return Ending("faulty", cause, "sick")
        case _:
            return Ending("faulty", "internal", "sick")
