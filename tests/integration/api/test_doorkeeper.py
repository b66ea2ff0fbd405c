"""Who was admitted and who was turned away is on record; a flood of bad tokens is not a flood there."""

from __future__ import annotations

import asyncio
from typing import Any

from estate_sms.api.doorkeeper import Doorkeeper
from estate_sms.store.events import Event

Site = Any


async def _told(site: Site, count: int) -> list[Event]:
    for _ in range(500):
        found = [e for e in site.diary.events if e.action in {"api_key.used", "api_key.refused"}]
        if len(found) >= count:
            break
        await asyncio.sleep(0.01)
    return [e for e in site.diary.events if e.action in {"api_key.used", "api_key.refused"}]


async def test_a_key_is_recorded_once_a_day_and_place(site: Site) -> None:
    async with site.client(await site.token("messages:read")) as reader:
        for _ in range(5):
            assert (await reader.get("/api/v1/modems")).status_code == 200
    [used] = await _told(site, 1)
    assert (used.action, used.details["source"]) == ("api_key.used", "127.0.0.1")
    assert used.actor.startswith("key:")


async def test_bad_tokens_are_counted(site: Site) -> None:
    async with site.client("es_nonsense") as stranger:
        for _ in range(40):
            assert (await stranger.get("/api/v1/modems")).status_code == 401
    await _told(site, 1)
    await site.server.stop()
    refused = [event for event in await _told(site, 1) if event.action == "api_key.refused"]
    assert len(refused) <= 2
    assert sum(int(str(event.details["count"])) for event in refused) == 40
    assert {event.reason for event in refused} == {"invalid_token"}
    assert "nonsense" not in repr(refused)


async def test_a_missing_scope_names_the_key(site: Site) -> None:
    async with site.client(await site.token("messages:read")) as reader:
        answer = await reader.get("/api/v1/audit/head")
        assert answer.status_code == 403
    await site.server.stop()
    refused = [event for event in await _told(site, 2) if event.action == "api_key.refused"]
    assert [(e.reason, e.actor.startswith("key:")) for e in refused] == [("missing_scope", True)]


async def test_many_sources_share_one_count(site: Site) -> None:
    keeper = Doorkeeper(site.store)
    for n in range(1000):
        keeper.refused(f"10.0.{n // 250}.{n % 250}", "invalid_token")
    await keeper.close()
    refused = [event for event in site.diary.events if event.action == "api_key.refused"]
    assert len(refused) == 257
    assert sum(int(str(event.details["count"])) for event in refused) == 1000
    keeper.refused("late", "invalid_token")
    await asyncio.sleep(0)
    assert len([e for e in site.diary.events if e.action == "api_key.refused"]) == 257
