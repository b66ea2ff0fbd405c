"""The outermost layer: request ids, security headers, the access log, and the end of streams."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import msgspec
import structlog
from litestar import Litestar, Request

from .doorkeeper import Doorkeeper
from .failures import places
from .language import preferred
from .load import Load
from .problems import MEDIA_TYPE, ApiError, problem

if TYPE_CHECKING:
    from litestar.types import (
        LifeSpanReceive,
        LifeSpanScope,
        LifeSpanSend,
        Message,
        Receive,
        Scope,
        Send,
    )

_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
"""Put on every answer that does not set its own."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CLOSING = ApiError(
    503,
    "closing",
    "The gateway is shutting down and takes no new work; try again in a minute.",
    headers={"Retry-After": "60"},
)
_BUSY = ApiError(
    503,
    "busy",
    "Too much is being worked on; try again in a few seconds, or send smaller calls.",
    headers={"Retry-After": "5"},
)
_UNKNOWN = 1 << 30
"""Octets of a body that does not say how long it is."""


def at_end(request: Request[Any, Any, Any], callback: Callable[[], None]) -> None:
    """Have ``callback`` run when the exchange is over, however it ends.

    A generator's own cleanup is not enough: when a send fails, Litestar leaves it to the garbage
    collector, and after a disconnect nothing in it that awaits is run.
    """
    request.scope["state"]["at_end"].append(callback)


class App(Litestar):
    """Litestar with an edge round everything, its own 404s and 500s included."""

    closing: asyncio.Event
    """Set when the service ends: event streams end, and new work is refused."""
    stream_stall: float = 30.0
    """Seconds a reader of an event stream may refuse data."""
    load: Load
    """How much is worked on at once."""
    doorkeeper: Doorkeeper
    """Records who was admitted and who was turned away."""
    access_log: Any
    """Made once: to make a logger costs more than to write a line."""

    async def __call__(
        self,
        scope: Scope | LifeSpanScope,
        receive: Receive | LifeSpanReceive,
        send: Send | LifeSpanSend,
    ) -> None:
        """ASGI entry point."""
        raw = cast("dict[str, Any]", scope)
        if raw["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        exchange = _Exchange(raw, cast("Send", send), self.stream_stall)
        octets = exchange.octets
        if self.closing.is_set() and raw["method"] not in _SAFE:
            await exchange.refuse(_CLOSING)
        elif not await self.load.enter(octets):
            await exchange.refuse(_BUSY)
        else:
            try:
                await super().__call__(scope, receive, exchange.send)
            except Exception as error:  # noqa: BLE001 - only after the answer began; see failures
                exchange.broke(error)
            finally:
                self.load.leave(octets)
                exchange.end()
        exchange.log(self.access_log)


class _Exchange:
    """One request and its answer, as the edge sees them."""

    def __init__(self, scope: dict[str, Any], send: Send, stall: float) -> None:
        self._scope = scope
        self._send = send
        self._stall = stall
        self._began = time.perf_counter()
        self._status = 0
        self._streams = False
        self.id = secrets.token_hex(8)
        # Litestar gives every request a state of its own; ours must be there before it.
        self._at_end: list[Callable[[], None]] = []
        scope.setdefault("state", {}).update(request_id=self.id, at_end=self._at_end)

    async def send(self, message: Message) -> None:
        """Complete the headers; give up on a reader of a stream that takes nothing."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            message["headers"] = self._complete(dict(message["headers"]))
        if self._streams:
            async with asyncio.timeout(self._stall):
                await self._send(message)
        else:
            await self._send(message)

    def _complete(self, own: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        """The answer's ``own`` headers and those that every answer has."""
        headers = _HEADERS | {name.lower(): value for name, value in own.items()}
        headers[b"x-request-id"] = self.id.encode()
        if self._scope["scheme"] == "https":
            headers[b"strict-transport-security"] = b"max-age=31536000"
        self._streams = headers.get(b"content-type", b"").startswith(b"text/event-stream")
        return list(headers.items())

    @property
    def octets(self) -> int:
        """Of its body, as it says itself; 0 without one."""
        headers = dict(self._scope["headers"])
        length = headers.get(b"content-length", b"")
        if length.isdigit():
            return int(length)
        return _UNKNOWN if b"transfer-encoding" in headers else 0

    async def refuse(self, error: ApiError) -> None:
        """Answer ``error``, before anything of the request was read."""
        asked = dict(self._scope["headers"]).get(b"accept-language", b"").decode("latin-1")
        words = error.words(preferred(asked))
        body = msgspec.json.encode(problem(error.status, error.code, words, self.id))
        own = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), **error.headers}
        headers = [(name.lower().encode(), value.encode()) for name, value in own.items()]
        await self.send({"type": "http.response.start", "status": error.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body, "more_body": False})

    def end(self) -> None:
        """Run what was left with :func:`at_end`."""
        for callback in self._at_end:
            callback()

    def broke(self, error: Exception) -> None:
        """The answer broke off in the middle."""
        structlog.get_logger().warning(
            "http.broken_off", request=self.id, kind=type(error).__name__, at=places(error)
        )

    def log(self, to: Any) -> None:  # noqa: ANN401 - structlog's own
        """One line: the path's template, for the path and the query may hold numbers."""
        caller = self._scope.get("user")
        to.info(
            "http.request",
            request=self.id,
            method=self._scope["method"],
            path=self._scope.get("path_template") or "-",
            status=self._status,
            ms=round((time.perf_counter() - self._began) * 1000, 1),
            actor=getattr(caller, "actor", "-"),
        )
