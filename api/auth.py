"""Who calls: bearer tokens, scopes, and the few doors that need neither on loopback."""

from __future__ import annotations

import ipaddress
from typing import Any, TypeAlias

from litestar.connection import ASGIConnection, Request
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler

from ..policy.callers import Caller, Scope
from ..policy.errors import PolicyError
from .deps import HttpSettings, Verifier
from .doorkeeper import Doorkeeper
from .problems import ApiError

ApiRequest: TypeAlias = Request[Caller, Any, State]
"""A request whose ``user`` is the caller."""

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="estate-sms"'}
_SCOPE = "scope"
_OPEN = "open"

OPEN: dict[str, Any] = {_OPEN: True}
"""Handler option: no token on loopback; elsewhere by setting, or with any token."""


def needs(scope: Scope) -> dict[str, Any]:
    """Handler option: the caller needs ``scope``."""
    return {_SCOPE: scope}


def scope_of(handler: BaseRouteHandler) -> Scope | None:
    """The scope that ``handler`` needs."""
    return handler.opt.get(_SCOPE)


class Gate:
    """The guard of the whole application: Litestar asks it before a body is read."""

    def __init__(self, verifier: Verifier, settings: HttpSettings, doorkeeper: Doorkeeper) -> None:
        self._doorkeeper = doorkeeper
        self._verifier = verifier
        self._settings = settings

    async def __call__(
        self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        """Set the connection's user, or raise 401 or 403."""
        if handler.opt.get(_OPEN) and (self._settings.open_probes or is_local(connection)):
            return
        caller = await self._caller(connection.headers.get("authorization"), source(connection))
        connection.scope["user"] = caller
        self._doorkeeper.admitted(caller.actor, source(connection))
        if (scope := scope_of(handler)) is not None:
            caller.require(scope)

    async def _caller(self, header: str | None, source: str) -> Caller:
        kind, _, token = (header or "").partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not token or not token.isascii():
            raise ApiError(
                401,
                "no_token",
                "Send a token: the header Authorization: Bearer TOKEN.",
                headers=CHALLENGE,
            )
        try:
            return await self._verifier.verify(token)
        except PolicyError as refusal:
            self._doorkeeper.refused(source, refusal.code)
            raise ApiError(
                401,
                refusal.code,
                refusal.message,
                chinese=refusal.message_in("zh"),
                headers={
                    "WWW-Authenticate": CHALLENGE["WWW-Authenticate"] + ', error="invalid_token"'
                },
            ) from None


def source(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The peer's address; headers of proxies are never believed."""
    peer = connection.scope["client"]
    return peer[0] if peer else "local"


def is_local(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether the peer is this machine. Headers of proxies are never believed."""
    peer = connection.scope["client"]
    if peer is None:  # a Unix socket
        return True
    try:
        address = ipaddress.ip_address(peer[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
