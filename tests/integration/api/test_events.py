"""Server-Sent Events from the feed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import httpx
import pytest

from estate_sms.api.deps import HttpSettings
from estate_sms.store.unit import UnitOfWork

from .conftest import Options, Site


@pytest.fixture
async def reader(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with site.client(await site.token("messages:read")) as client:
        yield client


async def feed(site: Site, topic: str, *refs: str, **body: Any) -> None:
    def unit(uow: UnitOfWork) -> None:
        for ref in refs:
            uow.feed(topic, "queued", ref, body)

    await site.store.write(unit)


class Stream:
    """An open event stream; its lines are read on from where the last call stopped."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def line(self) -> str:
        return await anext(self._lines)

    async def events(self, count: int) -> list[dict[str, str]]:
        """The next ``count`` events as their fields."""
        found: list[dict[str, str]] = []
        fields: dict[str, str] = {}
        while len(found) < count:
            if line := await self.line():
                name, _, value = line.partition(": ")
                fields[name] = value
                continue
            if "data" in fields:
                found.append(fields)
            fields = {}
        return found


@contextlib.asynccontextmanager
async def opened(
    client: httpx.AsyncClient, query: str = "", last: str | None = None
) -> AsyncGenerator[Stream]:
    """A stream that has begun, or its refusal."""
    headers = {} if last is None else {"Last-Event-ID": last}
    async with client.stream("GET", f"/api/v1/events{query}", headers=headers) as response:
        stream = Stream(response)
        if response.status_code == 200:
            assert (await stream.line()).startswith(":")
        yield stream


def data(events: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [json.loads(event["data"]) for event in events]


async def test_what_happens_arrives_as_it_happens(site: Site, reader: httpx.AsyncClient) -> None:
    await feed(site, "message", "m-before")
    async with opened(reader) as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        await feed(site, "message", "m1", batch="b1")
        (event,) = await stream.events(1)
    (told,) = data([event])
    assert event["event"] == "message"
    assert event["id"] == str(told["id"])
    assert (told["topic"], told["kind"], told["ref"]) == ("message", "queued", "m1")
    assert told["body"] == {"batch": "b1"}
    assert told["at"].endswith("Z")


async def test_last_event_id_misses_nothing(site: Site, reader: httpx.AsyncClient) -> None:
    await feed(site, "message", "m1", "m2", "m3")
    first = await site.store.feed_after(0)
    async with opened(reader, last=str(first[0].sequence)) as stream:
        seen = await stream.events(2)
        await feed(site, "batch", "b1")
        seen += await stream.events(1)
    assert [event["ref"] for event in data(seen)] == ["m2", "m3", "b1"]


async def test_topics_are_a_filter_that_passes_the_rest(
    site: Site, reader: httpx.AsyncClient
) -> None:
    await feed(site, "message", *(f"m{n}" for n in range(450)))
    await feed(site, "alarm", "a1")
    async with opened(reader, "?topics=alarm,%20modem&after=0") as stream:
        assert [event["ref"] for event in data(await stream.events(1))] == ["a1"]


async def test_an_id_from_another_database_begins_now(
    site: Site, reader: httpx.AsyncClient
) -> None:
    async with opened(reader, last="999999") as stream:
        await feed(site, "message", "m1")
        assert [event["ref"] for event in data(await stream.events(1))] == ["m1"]


async def test_a_bad_last_event_id(reader: httpx.AsyncClient) -> None:
    for given in ("x", "-1", "1.5", "9" * 40):
        answer = await reader.get("/api/v1/events", headers={"Last-Event-ID": given})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_event_id"), given


async def test_a_bad_topic(reader: httpx.AsyncClient) -> None:
    answer = await reader.get("/api/v1/events?topics=gossip")
    assert (answer.status_code, answer.json()["field"]) == (422, "topics")


class TestShort:
    """With short times and few places."""

    @pytest.fixture
    def options(self) -> Options:
        return Options(http=HttpSettings(heartbeat=0.05, stream_stall=0.3, max_streams=2))

    async def test_heartbeats_keep_it_open(self, reader: httpx.AsyncClient) -> None:
        async with opened(reader) as stream:
            beats = 0
            while beats < 3:
                beats += await stream.line() == ": still here"

    async def test_places_are_bounded_and_given_back(self, reader: httpx.AsyncClient) -> None:
        async with opened(reader), opened(reader):
            refused = await reader.get("/api/v1/events")
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_streams")
            assert refused.headers["retry-after"]
        await both_places_free(reader)

    async def test_a_reader_that_takes_nothing_is_dropped(self, site: Site) -> None:
        token = await site.token("messages:read")
        await feed(site, "message", *("m" for _ in range(400)), filler="x" * 20_000)
        with socket.socket() as stalled:
            stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stalled.connect(("127.0.0.1", site.server.port))
            stalled.sendall(
                b"GET /api/v1/events?after=0 HTTP/1.1\r\nHost: x\r\n"
                b"Authorization: Bearer " + token.encode() + b"\r\n\r\n"
            )
            await asyncio.to_thread(stalled.recv, 1)
            async with site.client(token) as client:
                async with opened(client), opened(client) as second:
                    assert second.response.status_code == 429
                await both_places_free(client)


async def both_places_free(client: httpx.AsyncClient) -> None:
    """Wait until they are: a disconnect is noticed a moment later."""
    async with asyncio.timeout(20):
        while True:
            async with opened(client) as first, opened(client) as second:
                if first.response.status_code == second.response.status_code == 200:
                    return
            await asyncio.sleep(0.02)
