"""Starting, binding and stopping."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest

from estate_sms.api.load import Load
from estate_sms.api.server import BindingError, Server

from .conftest import Site


async def test_a_free_port_is_reported(site: Site) -> None:
    assert site.server.port > 0
    assert site.server.url == f"http://127.0.0.1:{site.server.port}"


async def test_a_busy_port_says_so(site: Site) -> None:
    with pytest.raises(BindingError, match=f"port {site.server.port}"):
        await Server(site.app, port=site.server.port).start()


async def test_plain_http_beyond_loopback_is_refused(site: Site) -> None:
    server = Server(site.app, host="0.0.0.0")
    with pytest.raises(BindingError, match="insecure_lan"):
        await server.start()


async def test_new_work_is_refused_once_closing(site: Site) -> None:
    token = await site.token("messages:send", "messages:read")
    async with site.client(token) as client:
        assert (await client.get("/livez")).status_code == 200
        site.app.closing.set()
        answer = await client.post("/api/v1/messages", json={"to": ["1"], "text": "x"})
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "60"
        assert answer.json()["code"] == "closing"
        assert (await client.get("/livez")).status_code == 200


async def test_what_is_too_much_at_once_is_told_to_come_again(site: Site) -> None:
    token = await site.token("messages:send")
    large = {"to": ["13800138000"], "text": "x" * 100_000, "purpose": "service"}
    site.app.load = Load(octets=100_000, patience=0.05)
    async with site.client(token) as client:
        assert await site.app.load.enter(100_000), "somebody else's large call"
        answer = await client.post("/api/v1/messages", json=large)
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert answer.headers["retry-after"] == "5"
        small = {"to": ["13800138000"], "text": "停水", "purpose": "service"}
        assert (await client.post("/api/v1/messages", json=small)).status_code == 202
        site.app.load.leave(100_000)
        assert (await client.post("/api/v1/messages", json=large)).status_code == 422


async def test_stop_ends_while_a_stream_is_open(site: Site) -> None:
    token = await site.token("messages:read")
    async with site.client(token) as client:
        async with client.stream("GET", "/api/v1/events") as stream:
            lines = stream.aiter_lines()
            assert (await anext(lines)).startswith(":")
            stopping = asyncio.create_task(site.server.stop())
            # The stream's own end, not a reset connection.
            async for _ in lines:
                pass
        await stopping
        with pytest.raises(httpx.ConnectError):
            await client.get("/livez")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", site.server.port)) != 0


async def test_a_header_without_end_is_cut_off(site: Site) -> None:
    """Before anybody asked who it is: nobody may fill the memory so."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.server.port)
    writer.write(b"GET /livez HTTP/1.1\r\nHost: here\r\nX-Long: " + b"a" * 200_000)
    async with asyncio.timeout(30):
        assert (await reader.readline()).split()[1] == b"400"
    writer.close()
