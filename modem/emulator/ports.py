"""Where drivers connect: ptys behind stable links, or TCP ports."""

from __future__ import annotations

import os
import select
import socket
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from .loop import READ, WRITE, Loop

CHUNK = 4096
UNSAID = 65536
"""Bytes kept for a terminal that does not read; more is lost, as on a wire."""

Received = Callable[[bytes], None]


class Channel:
    """A non-blocking stream with a bounded buffer of what could not be written yet."""

    def __init__(self, loop: Loop, fd: int, received: Received, ended: Callable[[], None]) -> None:
        self._loop = loop
        self._fd = fd
        self._received = received
        self._ended = ended
        self._unsaid = bytearray()
        os.set_blocking(fd, False)
        loop.watch(fd, self._ready)

    def write(self, data: bytes) -> None:
        """Send now what fits, the rest when the terminal has read; beyond that it is lost."""
        if not self._unsaid:
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                pass
            except OSError:
                return  # the far end is gone; the read side notices
        if data:
            self._unsaid += data
            del self._unsaid[UNSAID:]
            self._loop.watch(self._fd, self._ready, READ | WRITE)

    def close(self) -> None:
        """Stop watching; the descriptor itself is the owner's."""
        self._loop.forget(self._fd)

    def _ready(self, events: int) -> None:
        if events & WRITE and self._unsaid:
            with suppress(OSError):
                del self._unsaid[: os.write(self._fd, self._unsaid)]
            if not self._unsaid:
                self._loop.watch(self._fd, self._ready)
        if events & ~WRITE:
            self._read(events)

    def _read(self, events: int) -> None:
        try:
            data = os.read(self._fd, CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._received(data)
        elif events & (READ | select.EPOLLHUP | select.EPOLLERR):
            self._ended()


class PtyPort:
    """A pty behind a link. Its slave side stays open here, so that a driver may come and go.

    ``place`` says where the link goes, each time the port is plugged in.
    """

    def __init__(self, loop: Loop, place: Callable[[], Path], received: Received) -> None:
        self._loop = loop
        self._place = place
        self._link = place()
        self._received = received
        self._fds: tuple[int, int] | None = None
        self._channel: Channel | None = None
        self.replug()

    @property
    def name(self) -> str:
        """What a driver opens."""
        return str(self._link)

    def write(self, data: bytes) -> None:
        """Send to whoever has the port open."""
        if self._channel is not None:
            self._channel.write(data)

    def unplug(self) -> None:
        """Remove the link and hang up on the driver."""
        if self._fds is None or self._channel is None:
            return
        self._link.unlink(missing_ok=True)
        self._channel.close()
        for fd in self._fds:
            os.close(fd)
        self._fds = self._channel = None

    def replug(self) -> None:
        """Open a new pty and point the link at it, in one step."""
        if self._fds is not None:
            return
        master, slave = os.openpty()
        tty.setraw(slave)
        self._fds = (master, slave)
        self._channel = Channel(self._loop, master, self._received, lambda: None)
        self._link = self._place()
        fresh = self._link.with_name(f".{self._link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(slave))
        fresh.replace(self._link)


class TcpPort:
    """A TCP port on loopback for one driver at a time (``socket://`` in pyserial)."""

    def __init__(self, loop: Loop, received: Received) -> None:
        self._loop = loop
        self._received = received
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self._channel: Channel | None = None
        self._address = ("127.0.0.1", 0)
        self.replug()
        self.name = f"socket://127.0.0.1:{self._address[1]}"

    def write(self, data: bytes) -> None:
        """Send to the connected driver, if any."""
        if self._channel is not None:
            self._channel.write(data)

    def unplug(self) -> None:
        """Refuse connections and close the present one."""
        self._hang_up()
        if self._listener is not None:
            self._loop.forget(self._listener.fileno())
            self._listener.close()
            self._listener = None

    def replug(self) -> None:
        """Listen again, on the same port."""
        if self._listener is not None:
            return
        self._listener = socket.create_server(self._address, backlog=1)
        self._listener.setblocking(False)
        self._address = self._listener.getsockname()
        self._loop.watch(self._listener.fileno(), self._accept)

    def _accept(self, events: int) -> None:
        assert self._listener is not None
        try:
            client, _ = self._listener.accept()
        except OSError:
            return  # gone before it was taken
        self._hang_up()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = client
        self._channel = Channel(self._loop, client.fileno(), self._received, self._hang_up)

    def _hang_up(self) -> None:
        if self._channel is not None and self._client is not None:
            self._channel.close()
            self._client.close()
            self._channel = self._client = None


Port = PtyPort | TcpPort
