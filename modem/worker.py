"""One modem's thread: finds its port, opens it, sends, listens, and starts again when it is lost."""

from __future__ import annotations

import select
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Literal, Protocol

import structlog

from .at.causes import cause_of
from .at.errors import ModemLost, ModemStopped, NoModemError, PortError, SimError
from .at.library import CommandError, TimeoutException
from .at.modem import GatewayModem
from .at.opening import Pin
from .at.storage import Stored
from .at.waker import Waker
from .config import ModemConfig
from .order import Order
from .pdu import Deliver, StatusReport
from .session import Session
from .state import Backoff, ModemState, ModemStatus, allowed


class Sink(Protocol):
    """Where a worker's news go; called in the modem's thread, must not block."""

    def changed(self, old: ModemStatus, new: ModemStatus) -> None:
        """The status is another one."""
        ...

    def heard(
        self, status: ModemStatus, item: Deliver | StatusReport, done: Callable[[], None] | None
    ) -> None:
        """A message or report; call ``done`` once it is durable."""
        ...

    def late(self, attempt: int, tp_mr: int) -> None:
        """The answer to ``attempt`` after its time-out."""
        ...


class Worker:
    """Owns one modem. Everything but :meth:`post`, :meth:`stop` and ``status`` is its thread's."""

    def __init__(self, config: ModemConfig, sink: Sink, backoff: Backoff) -> None:
        self.config = config
        self.sink = sink
        self.waker = Waker()
        self.orders: deque[Order] = deque()
        self.session: Session | None = None
        self.stopping = False
        self.draining = False
        self.idle = False
        self.in_doubt: int | None = None
        self.offered: dict[Stored, Literal["offered", "durable"]] = {}
        """Stored messages on their way to the owner, or safe with it and not yet deleted."""
        self._backoff = backoff
        self._pin = Pin(config.pin)
        self._status = ModemStatus(label=config.label, port=config.port)
        self._sending = False
        self._ended: Callable[[], None] = lambda: None

    # -- any thread ---------------------------------------------------------------------------

    @property
    def status(self) -> ModemStatus:
        """A snapshot."""
        status = self._status
        if self._sending and status.state == "ready":
            return replace(status, state="sending")
        return status

    @property
    def available(self) -> bool:
        """Whether an order would be begun."""
        return self._status.state == "ready" and not self.draining

    def start(self, ended: Callable[[], None]) -> None:
        """Start the thread; it calls ``ended`` as its last act."""
        self._ended = ended
        threading.Thread(target=self._run, name=f"modem-{self.config.label}", daemon=True).start()

    def post(self, order: Order) -> None:
        """Send ``order`` after those posted before."""
        self.orders.append(order)
        if self.idle:
            self.waker.wake()

    def durable(self, stored: Stored) -> None:
        """The owner has ``stored``: its place in the modem may be freed."""
        self.offered[stored] = "durable"
        session = self.session
        if session is not None:
            session.free_later(stored)
            if self.idle:
                self.waker.wake()

    def drain(self) -> None:
        """Begin no more orders; what is on the air may end."""
        self.draining = True
        self.waker.wake()

    def stop(self) -> None:
        """Give up what is on the air, close the port, end the thread."""
        self.draining = self.stopping = True
        session = self.session
        if session is not None:
            session.modem.stop()
        self.waker.wake()

    # -- the modem's thread -------------------------------------------------------------------

    def set_status(self, state: ModemState, reason: str = "", **changes: object) -> None:
        """Go to ``state``; the sink hears of it when anything changed."""
        old = self._status
        if not allowed(old.state, state):
            structlog.get_logger().error(
                "modem state skipped", modem=old.label, old=old.state, new=state
            )
        new = replace(old, state=state, reason=reason, **changes)  # type: ignore[arg-type]  # by name
        if new != old:
            self._status = new
            self.sink.changed(old, new)

    def send(self, modem: GatewayModem, order: Order) -> None:
        """Carry out one order; raises when the session must end or the dialogue be recovered."""
        if order.withdrawn or self.draining:
            order.unsent("stopped" if self.draining else "withdrawn")
            return
        self._sending = True
        answers = modem.submit(order.parts, order.handover, order.verb)
        for part, answer in zip(order.parts, answers, strict=True):
            if answer.outcome == "unknown" and answer.cause == "timeout":
                self.in_doubt = part.attempt
            elif answer.outcome == "accepted":
                self.in_doubt = None  # what answers an older part now cannot be told apart
        lost = not modem.alive or any(answer.cause == "lost" for answer in answers)
        if lost:
            self.set_status("absent", "lost")  # before the answers: nobody gives it more work
        elif modem.dirty:
            self.set_status("resting", "timeout")
        self._sending = False
        order.settle(answers)
        if lost:
            raise ModemLost("while sending")

    def _run(self) -> None:
        failures = 0
        try:
            while not self.stopping:
                was_ready = self._attempt()
                failures = 1 if was_ready else failures + 1
                missing = self._status.state == "absent"
                self._wait(self._backoff.delay(failures, missing=missing))
        finally:
            self.flush("stopped")
            self._ended()

    def _attempt(self) -> bool:
        """One session from open to loss; returns whether the modem was in service."""
        session = Session(self, self._pin)
        state: ModemState = "faulty"
        reason = "internal"
        try:
            session.serve()
        except Exception as error:  # noqa: BLE001 - one sick modem must not end its thread
            state, reason = _diagnosis(error)
            if reason == "internal":
                structlog.get_logger().error(
                    "modem session failed", modem=self.config.label, error=type(error).__name__
                )
        finally:
            self.session = None
            session.modem.close()
        self.set_status(state, reason)
        self.flush(reason)
        return session.in_service

    def _wait(self, seconds: float) -> None:
        """Sleep until the next attempt; orders that slipped in are returned at once."""
        deadline = monotonic() + seconds
        bell = select.poll()
        bell.register(self.waker.fileno(), select.POLLIN)
        self.idle = True
        while not self.stopping and (left := deadline - monotonic()) > 0:
            self.flush(self._status.reason)
            if bell.poll(left * 1000):
                self.waker.drain()
        self.idle = False

    def flush(self, cause: str) -> None:
        """Return every order not begun."""
        while self.orders:
            self.orders.popleft().unsent(cause)


def _diagnosis(error: Exception) -> tuple[ModemState, str]:
    """The state a session's end leaves the modem in, and why."""
    match error:
        case PortError(code=code):
            return ("absent" if code == "no_port" else "faulty"), code
        case ModemLost():
            return "absent", "lost"
        case ModemStopped():
            return "absent", "stopped"
        case SimError(code=code):
            return "no_sim", code
        case NoModemError():
            return "faulty", "no_modem"
        case TimeoutException():
            return "faulty", "no_answer"
        case CommandError(type=kind, code=code):
            return "faulty", cause_of(f"+{kind} ERROR: {code}" if kind else "ERROR")
        case _:
            return "faulty", "internal"
