"""The recovery ladder: what is tried, in which order and for how long, when a modem is sick.

``escape`` and ``attention`` happen on the open port, the rest between two openings. A step that a
modem has no means for (no second port, no power switch) is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .watcher import RecoveryStep

RUNGS: Final[tuple[RecoveryStep, ...]] = (
    "reopen",
    "second_port",
    "radio",
    "reset",
    "power",
    "quarantine",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """How patient to be on each rung, in seconds."""

    attempts: int = 3
    """``AT`` at the start of an opening."""
    radio_timeout: float = 10.0
    """For ``AT+CFUN=0`` and ``AT+CFUN=1`` each."""
    reset_timeout: float = 3.0
    """For the answer to a restart command; some modems give none."""
    boot_timeout: float = 40.0
    """After a restart or a power cycle, until the port must serve again."""
    unheard_boot: float = 2.0
    """The same when the restart command was not answered: perhaps it was not heard either."""
    settle: float = 30.0
    """A modem that served this long starts at the lowest rung the next time."""
    quarantine: tuple[float, ...] = (60.0, 120.0, 300.0, 900.0)
    """Between two probes of a modem that nothing brought back; the last one repeats."""
    searching: float = 300.0
    """Without a network this long the radio is switched off and on; then twice as long, and so on."""


class Climb:
    """Where one modem stands on the ladder. Pure."""

    def __init__(self, ladder: Ladder) -> None:
        self._ladder = ladder
        self._rung = 0
        self._probes = 0

    @property
    def quarantined(self) -> bool:
        """Whether the top was reached."""
        return self._probes > 0

    def reset(self) -> None:
        """The modem serves: the next trouble starts at the bottom."""
        self._rung = self._probes = 0

    def next(self, possible: frozenset[RecoveryStep]) -> RecoveryStep:
        """The next step that is ``possible``; quarantine always is, and is where it ends."""
        while self._rung < len(RUNGS) - 1:
            step = RUNGS[self._rung]
            self._rung += 1
            if step in possible:
                return step
        return "quarantine"

    def wait(self) -> float:
        """How long to leave a quarantined modem alone, in seconds; longer each time."""
        waits = self._ladder.quarantine
        wait = waits[min(self._probes, len(waits) - 1)]
        self._probes += 1
        return wait
