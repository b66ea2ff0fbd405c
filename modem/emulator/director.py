"""The bank's side of the control socket: one JSON line in, one out."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import msgspec

from ..errors import ModemError
from .control import SOCKET, Answer, Request
from .loop import Loop
from .ports import Channel

LONGEST_LINE = 1 << 20


class Director:
    """Listens on ``D/control`` and has ``obey`` carry out each request."""

    def __init__(self, loop: Loop, directory: Path, obey: Callable[[Request], Answer]) -> None:
        self._loop = loop
        self._obey = obey
        self._path = directory / SOCKET
        self._clients: dict[int, tuple[socket.socket, Channel, bytearray]] = {}
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:  # through /proc: the address of a Unix socket holds 107 bytes only
            self._listener.bind(f"/proc/self/fd/{folder}/{SOCKET}")
        finally:
            os.close(folder)
        self._listener.listen()
        self._listener.setblocking(False)
        loop.watch(self._listener.fileno(), self._accept)

    def close(self) -> None:
        """Close every connection and remove the socket."""
        for fd in list(self._clients):
            self._leave(fd)
        self._loop.forget(self._listener.fileno())
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _accept(self, events: int) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError:
            return  # gone before it was taken
        fd = client.fileno()
        channel = Channel(
            self._loop, fd, lambda data: self._take(fd, data), lambda: self._leave(fd)
        )
        self._clients[fd] = (client, channel, bytearray())

    def _take(self, fd: int, data: bytes) -> None:
        _, channel, typed = self._clients[fd]
        typed += data
        while (end := typed.find(b"\n")) >= 0:
            line = bytes(typed[:end])
            del typed[: end + 1]
            channel.write(msgspec.json.encode(self._answer(line)) + b"\n")
        if len(typed) > LONGEST_LINE:
            self._leave(fd)

    def _answer(self, line: bytes) -> Answer:
        try:
            return self._obey(msgspec.json.decode(line, type=Request))
        except (msgspec.MsgspecError, ModemError, ValueError) as error:
            return Answer(ok=False, error=str(error))

    def _leave(self, fd: int) -> None:
        client, channel, _ = self._clients.pop(fd)
        channel.close()
        client.close()
