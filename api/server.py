"""uvicorn, driven by the program instead of by its own command line."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import Generator
from pathlib import Path

import uvicorn

from .edge import App

GRACE = 3
"""Seconds that answers under way get when the service ends."""


class BindingError(Exception):
    """The address may not, or cannot, be listened on."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``. A name other than localhost counts as not."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_binding(host: str, *, tls: bool, insecure_lan: bool) -> None:
    """Raise :class:`BindingError` for plain HTTP beyond loopback, unless that was asked for."""
    if not (tls or insecure_lan or is_loopback(host)):
        msg = (
            f"http.host = {host!r} is reachable from the network, and without TLS tokens and texts "
            "would cross it in the clear: set http.tls_cert and http.tls_key, or listen on "
            "127.0.0.1, or accept it with http.insecure_lan = true"
        )
        raise BindingError(msg)


class Server:
    """Serves ``app`` on ``host``:``port``; port 0 takes a free one."""

    def __init__(
        self,
        app: App,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        tls_cert: Path | None = None,
        tls_key: Path | None = None,
        insecure_lan: bool = False,
    ) -> None:
        self._app = app
        self._host = host.strip("[]")
        self._port = port
        self._insecure_lan = insecure_lan
        self._tls = tls_cert is not None
        self._config = uvicorn.Config(
            app,
            log_config=None,  # the program sets up logging
            access_log=False,  # ours names templates; uvicorn's would name numbers
            server_header=False,
            proxy_headers=False,  # X-Forwarded-For is never believed
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=GRACE,
            timeout_keep_alive=15,
            http="h11",  # httptools, taken where it happens to be installed, bounds no header
            h11_max_incomplete_event_size=64 * 1024,
            ssl_certfile=str(tls_cert) if tls_cert else None,
            ssl_keyfile=str(tls_key) if tls_key else None,
        )
        self._server = _Uvicorn(self._config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen; returns once connections are taken. Raises :class:`BindingError`."""
        check_binding(self._host, tls=self._tls, insecure_lan=self._insecure_lan)
        try:
            self._config.load()
        except (OSError, ssl.SSLError) as error:
            msg = f"http.tls_cert or http.tls_key is no readable certificate and key: {error}"
            raise BindingError(msg) from error
        listener = self._bind()
        self._task = asyncio.create_task(self._server.serve([listener]), name="api.server")
        ready = asyncio.create_task(self._server.ready.wait())
        await asyncio.wait({ready, self._task}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._task.done():
            await self._task

    def _bind(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        # Named as TCP, or asyncio leaves Nagle's algorithm on: 40 ms on every answer.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((self._host, self._port))
        except OSError as error:
            listener.close()
            msg = f"cannot listen on {self._host} port {self._port}: {error.strerror or error}"
            raise BindingError(msg) from error
        self._port = int(listener.getsockname()[1])
        return listener

    @property
    def port(self) -> int:
        """The port, known once :meth:`start` returned."""
        return self._port

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._tls else 'http'}://{host}:{self._port}"

    async def wait(self) -> None:
        """Return when the server has ended, by :meth:`stop` or by itself."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def stop(self) -> None:
        """Refuse new work, end event streams, give answers under way ``GRACE`` s, close."""
        self._app.closing.set()
        await self._app.doorkeeper.close()
        self._server.should_exit = True
        if self._task is not None:
            await self._task


class _Uvicorn(uvicorn.Server):
    """Without signal handlers of its own, and with an event when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to the program."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets=sockets)
        self.ready.set()
