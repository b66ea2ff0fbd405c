"""The time everything here goes by: the machine's clock for as long as it can be believed.

A small computer without a battery starts in 1970, or where it was switched off, and is put right
minutes later or never; somebody types a wrong year. Deadlines, purges and sending hours must not
follow that blindly. So our time follows the machine's clock through small steps, and through large
ones only once the kernel says that the clock is synchronised, or a person does; until then it goes
on by the boot clock, which nobody can set.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from typing import Literal

from .clock import SECOND, Clock, system_clock

EARLIEST = 1_767_225_600 * SECOND
"""2026-01-01: a clock before it was never set."""
STEP = 600 * SECOND
"""A step of the machine's clock up to this is followed at once."""
BEHIND = 3_600 * SECOND
"""A clock that starts this far behind the newest row was restored from a file that is written hourly."""
AHEAD = 400 * 86_400 * SECOND
"""One that starts further ahead of it is not believed: nobody leaves a gateway off for so long."""

ClockState = Literal["sure", "apart", "unknown"]
"""``sure``     our time is the machine's
``apart``    the machine's clock is somewhere else; ours goes on from where it was right
``unknown``  it was wrong from the start: ours is the earliest that it can be
"""


def boottime() -> int:
    """Microseconds since boot, sleep included (``CLOCK_BOOTTIME``)."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


def synchronised() -> bool:
    """Whether the kernel says that something disciplines its clock (adjtimex(2)).

    Setting the clock by hand takes that back. ``False`` where the kernel does not tell.
    """
    try:
        # struct timex is 208 octets on 64-bit Linux; all zero, it only asks.
        return bool(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)) in _DISCIPLINED)
    except (OSError, AttributeError):
        return False


_DISCIPLINED = range(5)
"""TIME_OK to TIME_WAIT; 5 is TIME_ERROR, -1 a refusal."""


class SteadyClock:
    """A :data:`~.clock.Clock`; from any thread. Times in microseconds since 1970 UTC."""

    def __init__(
        self,
        wall: Clock = system_clock,
        boot: Callable[[], int] = boottime,
        trusted: Callable[[], bool] = synchronised,
    ) -> None:
        self._wall = wall
        self._boot = boot
        self._trusted = trusted
        self._guessed = False
        # Replaced as a whole, so that no thread ever sees half of it: our time, at what boot time.
        self._base = (wall(), boot())

    def start(self, newest: int) -> None:
        """Judge the machine's clock by the ``newest`` time on record; 0 = there is none."""
        wall = self._wall()
        if self._believable(wall, newest):
            self._set(wall, guessed=False)
        elif max(newest, EARLIEST) - BEHIND <= wall < newest:
            self._set(newest, guessed=False)
        else:
            self._set(max(newest, EARLIEST), guessed=True)

    def _believable(self, wall: int, newest: int) -> bool:
        if wall < EARLIEST:
            return False
        return self._trusted() or (newest <= wall and (not newest or wall <= newest + AHEAD))

    def __call__(self) -> int:
        """Now."""
        wall, boot = self._wall(), self._boot()
        ours = self._ours(boot)
        if self._guessed or abs(wall - ours) > STEP:
            return ours
        self._base = (wall, boot)
        return wall

    @property
    def state(self) -> ClockState:
        """Whether it can be believed."""
        if self._guessed:
            return "unknown"
        return "apart" if abs(self.off) > STEP else "sure"

    @property
    def off(self) -> int:
        """Microseconds by which the machine's clock is ahead of our time."""
        return self._wall() - self._ours(self._boot())

    def review(self) -> int:
        """Take the machine's clock once it is synchronised; the microseconds our time moved by."""
        believed = self.state == "sure" or not self._trusted() or self._wall() < EARLIEST
        return 0 if believed else self.accept()

    def accept(self) -> int:
        """Take the machine's clock as it is, on a person's word; by how much our time moved."""
        before = self._ours(self._boot())
        wall = self._wall()
        self._set(wall, guessed=False)
        return wall - before

    def _ours(self, boot: int) -> int:
        at, then = self._base
        return at + boot - then

    def _set(self, at: int, *, guessed: bool) -> None:
        self._base, self._guessed = (at, self._boot()), guessed
