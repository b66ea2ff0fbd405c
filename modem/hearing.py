"""What a modem says on its own, in the middle of whatever dialogue is pending."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING

from .at.errors import ModemLost
from .at.query import attempt
from .at.router import Event, late_reference
from .received import Received
from .signs import Signs

if TYPE_CHECKING:
    from .session import Session
    from .worker import Worker

_ONE_CALL = 10.0
"""Seconds without ``RING`` after which the next one is another call."""


class Hearing:
    """One session's. It only notes what to do: nothing here may talk to the modem at once."""

    def __init__(self, session: Session, worker: Worker) -> None:
        self._session = session
        self._worker = worker
        self._signs: Signs | None = None
        self._received: Received | None = None
        self._early: deque[Event] = deque()
        """What came straight to us while the opening was not over."""
        self._last_ring = -_ONE_CALL

    def begin(self, signs: Signs, received: Received) -> None:
        """The opening is over."""
        self._signs, self._received = signs, received
        while self._early:
            received.direct(self._early.popleft())

    def heard(self, event: Event) -> bool:
        """Take ``event``; False: it is the library's. Raises ModemLost when the modem restarted."""
        if event.kind == "late":
            self._late(event.line)
        if self._signs is None or self._received is None:
            if event.kind == "pdu":
                self._early.append(event)
            return event.kind in ("late", "pdu")
        if event.kind == "pdu":
            self._received.direct(event)
        elif event.kind == "urc":
            return self._sign(self._signs, self._received, event.line)
        return True

    def _sign(self, signs: Signs, received: Received, line: str) -> bool:
        session = self._session
        match signs.read(line):
            case "stored":
                received.indicated(line)
            case "registration":
                session.poll_soon()
            case "sim":
                session.doubt_sim()
            case "boot" if session.served_since is not None:
                # Nothing of the old dialogue will be answered.
                raise ModemLost("restarted by itself", "reset")
            case "ring" if self._worker.config.reject_calls:
                self._ring()
            case _:
                return False
        return True

    def _late(self, line: str) -> None:
        attempt, self._worker.in_doubt = self._worker.in_doubt, None
        tp_mr = late_reference(line)
        if attempt is not None and tp_mr is not None:
            self._worker.sink.late(attempt, tp_mr)

    def _ring(self) -> None:
        now = monotonic()
        if now - self._last_ring >= _ONE_CALL:
            self._worker.note(calls_rejected=self._worker.status.calls_rejected + 1)
            self._session.later(self._hang_up)
        self._last_ring = now

    def _hang_up(self) -> None:
        modem, timeout = self._session.modem, self._worker.config.command_timeout
        if attempt(modem, "ATH", timeout) is None:
            attempt(modem, "AT+CHUP", timeout)
