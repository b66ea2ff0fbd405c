"""One modem's thread: finds its port, opens it, sends, listens, and brings it back when it is lost."""

from __future__ import annotations

import select
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Literal

import structlog

from .at.answers import Answer
from .at.errors import ModemLost
from .at.modem import GatewayModem
from .at.sim import Pin
from .at.storage import Stored
from .at.waker import Waker
from .config import ModemConfig
from .diagnosis import Ending, diagnose
from .order import Order
from .received import Received
from .recovery import Recovery
from .session import Session
from .standing import Means, Sink, Standing
from .state import ModemState, ModemStatus


class Worker(Standing):
    """Owns one modem. Everything but :meth:`post`, :meth:`stop`, ``status`` and the like is its thread's."""

    def __init__(self, config: ModemConfig, sink: Sink, means: Means) -> None:
        super().__init__(config, sink, means)
        self.waker = Waker()
        self.orders: deque[Order] = deque()
        self.session: Session | None = None
        self.stopping = False
        self.draining = False
        self.idle = False
        self.in_doubt: int | None = None
        self.offered: dict[Stored, Literal["offered", "durable"]] = {}
        """Stored messages on their way to the owner, or safe with it and not yet deleted."""
        self.unread: dict[Stored, None] = {}
        """Stored messages that could not be decoded, oldest first."""
        self.radio_toggles = 0
        self.modem: GatewayModem | None = None
        """The open port, whoever talks to it now."""
        self._pin = Pin(config.pin, means.memory)
        self._sending = False
        self._ended: Callable[[], None] = lambda: None
        self._recovery = Recovery(self)

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
        if session is not None and session.received is not None:
            session.received.free_later(stored)
            if self.idle:
                self.waker.wake()

    def chore(self, received: Received, chore: Callable[[], None]) -> None:
        """Have the session of ``received`` do ``chore``, if it is still the one."""
        session = self.session
        if session is not None and session.received is received:
            session.later(chore)
            if self.idle:
                self.waker.wake()

    def drain(self) -> None:
        """Begin no more orders; what is on the air may end."""
        self.draining = True
        self.waker.wake()

    def stop(self) -> None:
        """Give up what is on the air, close the port, end the thread."""
        self.draining = self.stopping = True
        modem = self.modem
        if modem is not None:
            modem.stop()
        self.waker.wake()

    # -- the modem's thread -------------------------------------------------------------------

    def send(self, modem: GatewayModem, order: Order) -> list[Answer]:
        """Carry out one order; raises when the session must end or the dialogue be recovered."""
        if order.withdrawn or self.draining or not order.handover.may_begin():
            order.unsent("stopped" if self.draining else "withdrawn")
            return []
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
            raise ModemLost("while sending", "reset" if modem.alive else "lost")
        return answers

    def _run(self) -> None:
        try:
            while not self.stopping:
                ending = self._attempt()
                if not self.stopping:
                    self._recovery.after(ending)
        finally:
            self.flush("stopped")
            self._ended()

    def _attempt(self) -> Ending:
        """One session from finding the port to its loss."""
        session: Session | None = None
        try:
            device = self._recovery.device()
            session = Session(self, device, self._pin)
            self._occupy(session)
            session.serve()
        except Exception as error:  # noqa: BLE001 - one sick modem must not end its thread
            ending = diagnose(error, session.served_since if session else None)
            if ending.reason == "internal":
                structlog.get_logger().error(
                    "modem session failed", modem=self.config.label, error=type(error).__name__
                )
        else:
            raise AssertionError("a session ends by an exception")
        finally:
            self.session = self.modem = None
            if session is not None:
                session.modem.close()
            if self.means.locator is not None:
                self.means.locator.release(self.config.label)
        state: ModemState = ending.state
        if state == "faulty" and self._recovery.quarantined:
            state = "quarantined"  # until a probe finds it otherwise
        unasked = ending.reason in ("lost", "reset") and not self._recovery.restarted
        self.set_status(state, ending.reason, resets=self._status.resets + unasked)
        self.flush(ending.reason)
        return ending

    def _occupy(self, session: Session) -> None:
        self.session, self.modem = session, session.modem
        if self.stopping:
            session.modem.stop()
        if self.means.locator is not None:
            self.means.locator.claim(self.config.label, session.modem.port)

    def wait(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Sleep; orders that slipped in are returned at once. ``until`` is asked once a second."""
        deadline = monotonic() + seconds
        bell = select.poll()
        bell.register(self.waker.fileno(), select.POLLIN)
        self.idle = True
        while not self.stopping and (left := deadline - monotonic()) > 0:
            self.flush(self._status.reason)
            if bell.poll(min(left, 1.0) * 1000):
                self.waker.drain()
            elif left > 1.0 and until():
                break
        self.idle = False

    def flush(self, cause: str) -> None:
        """Return every order not begun."""
        while self.orders:
            self.orders.popleft().unsent(cause)
