"""What goes straight to the terminal, and with ``AT+CSMS=1`` waits for its ``AT+CNMA``."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from .replies import CMS_NO_CNMA_EXPECTED, cms
from .syntax import Call
from .traced import Ended

if TYPE_CHECKING:
    from .device import Device

_NEGATIVE = "2"
"""``AT+CNMA=2``: RP-ERROR (3GPP TS 27.005 §4.6)."""


class Routed(NamedTuple):
    """A TPDU on its way: what is said, whether in pieces, and who is told how it ended."""

    line: bytes
    in_pieces: bool
    ended: Ended


class Direct:
    """``say`` queues a line; whoever calls in sees to it that it is said."""

    def __init__(self, device: Device, say: Callable[[bytes, bool], None]) -> None:
        self._device = device
        self._say = say
        self._unacknowledged: Routed | None = None
        self._behind: deque[Routed] = deque()
        """Said when that one is acknowledged."""

    def route(self, routed: Routed) -> None:
        """Hand it to the terminal; with ``AT+CSMS=1`` one at a time."""
        if self._device.unit.value("+CSMS") != "1":
            self._pass(routed)
        elif self._unacknowledged is not None:
            self._behind.append(routed)
        else:
            self._await(routed)

    def acknowledge(self, call: Call) -> list[str]:
        """``AT+CNMA``: the next one may come, behind the OK (phase 2+, ``AT+CSMS=1``)."""
        if call.operation == "test":
            return ["+CNMA: (0-2)"]
        if self._unacknowledged is None:
            raise cms(CMS_NO_CNMA_EXPECTED)
        routed, self._unacknowledged = self._unacknowledged, None
        routed.ended(call.argument != _NEGATIVE)
        if self._behind:
            self._await(self._behind.popleft())
        return []

    def unblock(self) -> None:
        """``AT+CSMS=0``: nothing waits for an acknowledgement any more."""
        routed, self._unacknowledged = self._unacknowledged, None
        if routed is not None:
            routed.ended(True)
        while self._behind:
            self._pass(self._behind.popleft())

    def give_back(self) -> None:
        """What was not acknowledged is the network's again."""
        routed, self._unacknowledged = self._unacknowledged, None
        waiting = [*([routed] if routed else []), *self._behind]
        self._behind.clear()
        for one in waiting:
            one.ended(False)

    def _pass(self, routed: Routed) -> None:
        self._say(routed.line, routed.in_pieces)
        routed.ended(True)

    def _await(self, routed: Routed) -> None:
        self._unacknowledged = routed
        self._say(routed.line, routed.in_pieces)

        def in_vain() -> None:
            if self._unacknowledged is routed:
                self._stop()

        device = self._device
        device.later(device.settings.timing.acknowledge.draw(device.rng), in_vain)

    def _stop(self) -> None:
        """Nobody acknowledges: nothing more goes straight to the terminal (27.005 §3.4.4)."""
        unit = self._device.unit
        mode, _, bm, _, *rest = [*unit.value("+CNMI").split(","), "0", "0", "0"][:5]
        unit.values["+CNMI"] = ",".join((mode, "0", bm, "0", *rest))
        self.give_back()


def nobody(acknowledged: bool) -> None:
    """Nobody wants to know."""
