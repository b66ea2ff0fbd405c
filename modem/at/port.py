"""One serial port or TCP serial server: opened by pyserial, read and written at its descriptor.

pyserial knows lines, speeds and URLs. Reading through it costs a ``select`` and a lock round per
call and cannot be woken; at the descriptor one ``poll`` waits for the modem and for the waker.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
from time import monotonic

import serial

from .errors import ModemLost, PortError
from .waker import Waker

_CHUNK = 4096
_HANG_UP = select.POLLHUP | select.POLLERR | select.POLLNVAL
_BUSY = (errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK)
_MISSING = (
    errno.ENOENT,
    errno.ENODEV,
    errno.ENXIO,
    errno.ECONNREFUSED,
    errno.EHOSTUNREACH,
    errno.ENETUNREACH,
    errno.ETIMEDOUT,
)
_DENIED = (errno.EACCES, errno.EPERM)


class Port:
    """An open port. Only the thread that talks to the modem uses it, except :meth:`close`."""

    def __init__(self, url: str, baudrate: int, waker: Waker, *, rtscts: bool = False) -> None:
        """Open exclusively (ttys). Raises PortError."""
        self._serial = _open(url, baudrate, rtscts)
        self._fd: int = self._serial.fileno()
        self._waker = waker
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN)
        self._poll.register(waker.fileno(), select.POLLIN)

    def read(self, timeout: float) -> bytes:
        """What has arrived; blocks up to ``timeout`` seconds (negative: for ever) for the first octet.

        Empty when the time is over or the waker rang. Raises ModemLost.
        """
        ready = self._poll.poll(None if timeout < 0 else timeout * 1000)
        data = b""
        for fd, mask in ready:
            if fd != self._fd:
                self._waker.drain()
            elif mask & select.POLLIN:
                data = self._take()
            elif mask & _HANG_UP:
                raise ModemLost("hung up")
        return data

    def _take(self) -> bytes:
        try:
            data = os.read(self._fd, _CHUNK)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise ModemLost(f"read: {error.strerror}") from error
        if not data:
            raise ModemLost("end of file")
        return data

    def write(self, data: bytes, timeout: float = 5.0) -> None:
        """Write all of ``data``. Raises ModemLost, also when the port takes nothing for ``timeout`` s."""
        deadline = 0.0
        while True:
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                pass
            except OSError as error:
                raise ModemLost(f"write: {error.strerror}") from error
            if not data:
                return
            deadline = deadline or monotonic() + timeout
            self._await_room(deadline)

    def _await_room(self, deadline: float) -> None:
        room = select.poll()
        room.register(self._fd, select.POLLOUT)
        if not room.poll(max(0.0, deadline - monotonic()) * 1000):
            raise ModemLost("write: no room")

    def close(self) -> None:
        """Close without waiting for unsent octets to drain."""
        tcp = getattr(self._serial, "_socket", None)
        if tcp is not None:
            # pyserial forgets to close a socket whose other end is gone, and sleeps otherwise
            self._serial.is_open = False
            tcp.close()
            return
        with contextlib.suppress(Exception):
            self._serial.reset_output_buffer()
        with contextlib.suppress(Exception):
            self._serial.close()


def _open(url: str, baudrate: int, rtscts: bool) -> serial.SerialBase:
    try:
        port = serial.serial_for_url(url, do_not_open=True, baudrate=baudrate, timeout=0)
        port.rtscts = rtscts
        if isinstance(port, serial.Serial):
            port.exclusive = True  # one opener: a second one would steal half of every answer
        port.open()
    except (serial.SerialException, OSError, ValueError) as error:
        raise PortError(_code(error)) from error
    try:
        port.fileno()
    except Exception as error:
        port.close()
        raise PortError("port") from error  # no descriptor to wait on (rfc2217://, loop://)
    return port


def _code(error: Exception) -> str:
    number = getattr(error, "errno", None) or getattr(error.__context__, "errno", None)
    if number in _MISSING:
        return "no_port"
    if number in _BUSY:
        return "busy"
    if number in _DENIED:
        return "denied"
    return "port"
