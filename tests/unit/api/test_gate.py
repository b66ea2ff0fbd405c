"""Who is let in from where, and where the service may listen."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar, Request, get

from estate_sms.api.auth import OPEN, Gate, is_local, needs
from estate_sms.api.deps import HttpSettings
from estate_sms.api.doorkeeper import Doorkeeper
from estate_sms.api.failures import HANDLERS
from estate_sms.api.server import BindingError, check_binding, is_loopback
from estate_sms.policy.callers import Caller
from estate_sms.policy.errors import PolicyError
from estate_sms.store.events import NullRecorder
from estate_sms.store.store import Store


class OneKey:
    """Knows one token."""

    async def verify(self, token: str) -> Caller:
        if token != "right":
            raise PolicyError("invalid_token")
        return Caller(actor="key:k1", scopes=frozenset({"messages:read"}))


async def call(path: str, peer: str | None, token: str | None = None, **settings: Any) -> int:
    @get("/probe", opt=OPEN)
    async def probe(request: Request[Any, Any, Any]) -> bool:
        return is_local(request)

    @get("/read", opt=needs("messages:read"))
    async def read() -> str:
        return ""

    @get("/admin", opt=needs("admin"))
    async def admin() -> str:
        return ""

    with tempfile.TemporaryDirectory() as folder:
        store = await Store.open(Path(folder), lambda _: NullRecorder())
        doorkeeper = Doorkeeper(store)
        app = Litestar(
            [probe, read, admin],
            guards=[Gate(OneKey(), HttpSettings(**settings), doorkeeper)],
            exception_handlers=HANDLERS,
            openapi_config=None,
            logging_config=None,
        )
        try:
            return await _status(app, path, peer, token)
        finally:
            await doorkeeper.close()
            await store.close()


async def _status(app: Litestar, path: str, peer: str | None, token: str | None) -> int:
    client: Any = None if peer is None else (peer, 4711)
    headers = {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    transport = httpx.ASGITransport(cast("Any", app), client=client)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
        return (await http.get(path, headers=headers)).status_code


LOCAL = ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", None]
REMOTE = ["192.168.1.9", "::ffff:192.168.1.9", "2001:db8::1", "nonsense"]


@pytest.mark.parametrize("peer", LOCAL)
async def test_probes_are_open_on_loopback(peer: str | None) -> None:
    assert await call("/probe", peer) == 200


@pytest.mark.parametrize("peer", REMOTE)
async def test_probes_elsewhere_need_a_token_or_the_setting(peer: str) -> None:
    assert await call("/probe", peer) == 401
    assert await call("/probe", peer, "wrong") == 401
    assert await call("/probe", peer, "right") == 200
    assert await call("/probe", peer, open_probes=True) == 200


@pytest.mark.parametrize("peer", [*LOCAL, *REMOTE])
async def test_calls_need_a_token_and_a_scope_everywhere(peer: str | None) -> None:
    assert await call("/read", peer, open_probes=True) == 401
    assert await call("/read", peer, "right") == 200
    assert await call("/admin", peer, "right") == 403


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.3.2.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.2", False),
        ("localhost.example.org", False),
        ("", False),
    ],
)
def test_only_loopback_goes_without_tls(host: str, local: bool) -> None:
    assert is_loopback(host) == local
    check_binding(host, tls=True, insecure_lan=False)
    check_binding(host, tls=False, insecure_lan=True)
    if local:
        check_binding(host, tls=False, insecure_lan=False)
    else:
        with pytest.raises(BindingError, match=r"http\.tls_cert"):
            check_binding(host, tls=False, insecure_lan=False)
