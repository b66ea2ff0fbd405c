"""The transport under the library: one thread reads and writes, every line finds its owner.

``RobustComms`` takes the place of the library's own transport through the MRO. There is no reader
thread: whoever waits for an answer reads, and between commands the modem's thread sits in
:meth:`RobustComms.listen`. So an answer wakes exactly the thread that needs it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

from .claim import Claim
from .errors import ModemLost, ModemStopped
from .library import SerialComms, TimeoutException
from .port import Port
from .router import Event, Router
from .waker import Waker

_PROBE = "AT+CMGF?"
_QUIET = 0.3
"""Seconds without an octet after which no more answers to repeated probes are on their way."""


class Reply(NamedTuple):
    """What a command brought. ``final`` is None when the prompt came."""

    lines: list[str]
    final: str | None


class RobustComms(SerialComms):
    """One dialogue at a time under one lock; what comes on its own goes to :meth:`_aside`."""

    def __init__(
        self,
        port: str,
        baudrate: int = 115200,
        notifyCallbackFunc: Callable[[list[str]], None] | None = None,
        fatalErrorCallbackFunc: Callable[[Exception], None] | None = None,
        *,
        waker: Waker,
        rtscts: bool = False,
    ) -> None:
        super().__init__(
            port, baudrate, notifyCallbackFunc, fatalErrorCallbackFunc, dsrdtr=False, rtscts=rtscts
        )
        self.alive = False
        self._waker = waker
        self._port: Port | None = None
        self._router = Router()
        self._turnstile = threading.Lock()
        self._claimed = Claim(self._txLock, self._turnstile, waker)
        self._stopping = False
        self._dirty = False
        self._unclaimed: deque[list[str]] = deque(maxlen=64)

    # -- life ---------------------------------------------------------------------------------

    def connect(self) -> None:
        """Open the port. Raises PortError."""
        with self._txLock:
            self._port = Port(self.port, self.baudrate, self._waker, rtscts=self.rtscts)
            self._router = Router()
            self._dirty = False
            self.alive = True

    def stop(self) -> None:
        """Make the thread that waits for an answer give up with ModemStopped; from any thread."""
        self._stopping = True
        self._waker.wake()

    def close(self) -> None:
        """Close the port; nothing may be pending in another thread (see :meth:`stop`)."""
        with self._txLock:
            self.alive = False
            port, self._port = self._port, None
            if port is not None:
                port.close()

    @property
    def dirty(self) -> bool:
        """Whether an answer is still owed after a time-out."""
        return self._dirty

    # -- dialogue -----------------------------------------------------------------------------

    def write(
        self,
        data: str,
        waitForResponse: bool = True,
        timeout: float = 5.0,
        expectedResponseTermSeq: str | None = None,
    ) -> list[str] | None:
        """Write ``data`` (with its terminator) and return the answer's lines, the final one last.

        Raises ModemLost, ModemStopped, or the library's TimeoutException.
        """
        with self._claimed:
            if not waitForResponse:
                self._send(data.encode("latin-1", "replace"))
                return None
            reply = self._exchange(data.rstrip("\r"), timeout)
            return [*reply.lines, reply.final or ""]

    def listen(self, timeout: float) -> None:
        """Handle what comes on its own; returns after one wake-up, or after ``timeout`` seconds.

        Raises ModemLost and ModemStopped.
        """
        with self._turnstile:
            pass  # let a thread that waits for the dialogue have it
        with self._txLock:
            for event in self._router.feed(self._read(timeout)):
                self._aside(event)
        while self._unclaimed:
            self.notifyCallback(self._unclaimed.popleft())

    def recover(self, patience: float) -> None:
        """Bring the dialogue back in step after a time-out, probing for up to ``patience`` seconds.

        Raises ModemLost, ModemStopped, or TimeoutException when the modem stays silent.
        """
        with self._claimed:
            self._clean(patience)

    def _exchange(self, command: str, timeout: float, *, prompt: bool = False) -> Reply:
        """Write ``command`` + CR; until its final line, or until its prompt."""
        if self._dirty:
            self._clean(timeout)
        self._router.begin(command, prompt=prompt)
        self._send(command.encode("latin-1", "replace") + b"\r")
        return self._await(timeout)

    def _await(self, timeout: float, on_line: Callable[[str], None] | None = None) -> Reply:
        """Read until the pending command ends or prompts. Time-out leaves the dialogue dirty."""
        deadline = monotonic() + timeout
        lines: list[str] = []
        done: Event | None = None
        while done is None:
            left = deadline - monotonic()
            if left <= 0:
                self._router.end()
                self._dirty = True
                raise TimeoutException(lines or None)
            for event in self._router.feed(self._read(left)):
                if event.kind == "response":
                    lines.append(event.line)
                    if on_line is not None:
                        on_line(event.line)
                elif event.kind in ("final", "prompt"):
                    done = event
                else:
                    self._aside(event)
        return Reply(lines, done.line if done.kind == "final" else None)

    def _pause(self, seconds: float) -> None:
        """Let time pass within the dialogue without losing what the modem says meanwhile."""
        deadline = monotonic() + seconds
        while (left := deadline - monotonic()) > 0:
            for event in self._router.feed(self._read(left)):
                self._aside(event)

    def _escape(self) -> None:
        """Leave text entry after a prompt that did not come or is not wanted any more."""
        self._router.end()
        self._dirty = True
        self._send(b"\x1b\r")

    def _clean(self, patience: float) -> None:
        """Probe until one clean answer; what is owed to older commands is late or dropped.

        The modem answers in order, so whatever final line comes before the probe's own answer
        belongs to an older command. Probes that timed out are answered too: silence ends those.
        """
        deadline = monotonic() + patience
        probes = 0
        while (left := deadline - monotonic()) > 0:
            probes += 1
            self._router.begin(_PROBE, probe=True)
            self._send(_PROBE.encode() + b"\r")
            try:
                answer = self._await(min(left, 2.0 * probes, 10.0))
            except TimeoutException:
                continue
            if probes > 1 or not answer.lines:
                self._until_quiet()  # more answers to probes, or to whatever was refused there
            self._router.end()
            self._dirty = False
            return
        self._dirty = True
        raise TimeoutException

    def _until_quiet(self) -> None:
        until = monotonic() + 10 * _QUIET
        while monotonic() < until and (data := self._read(_QUIET)):
            for event in self._router.feed(data):
                self._aside(event)

    # -- octets -------------------------------------------------------------------------------

    def _send(self, data: bytes) -> None:
        try:
            self._opened().write(data)
        except ModemLost as error:
            self._fail(error)
            raise

    def _read(self, timeout: float) -> bytes:
        try:
            # stop() may have rung before this thread came to sleep here
            data = self._opened().read(0.0 if self._stopping else timeout)
        except ModemLost as error:
            self._fail(error)
            raise
        if self._stopping:
            raise ModemStopped("stopping")
        return data

    def _opened(self) -> Port:
        if self._port is None:
            raise ModemLost("port is closed")
        return self._port

    def _fail(self, error: ModemLost) -> None:
        if self._port is not None:
            self.close()
            self.fatalErrorCallback(error)

    def _aside(self, event: Event) -> None:
        """Take what is not part of the pending dialogue. Must not write to the modem."""
        if event.kind == "urc":
            self._unclaimed.append([event.line])
