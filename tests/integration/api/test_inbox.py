"""Received messages."""

from __future__ import annotations

from dataclasses import dataclass

from estate_sms.queue.inbox import InboxSink

from .conftest import NUMBER, Site


@dataclass
class Seen:
    """A single-part message as the bank hands it over."""

    text: str
    imsi: str = "460001234567890"
    modem: str = "A1"
    sender: str = NUMBER
    reference: int | None = None
    total: int = 1
    seq: int = 1
    smsc_at: int | None = 1_767_225_600_000_000


async def test_newest_first_in_pages_by_scope(site: Site) -> None:
    sink = InboxSink(site.store, site.vault)
    for text in ("一", "二", "三"):
        await sink.inbound(Seen(text))
    async with site.client(await site.token("messages:read")) as other:
        refused = await other.get("/api/v1/inbox")
        assert (refused.status_code, refused.json()["scope"]) == (403, "inbox")
    async with site.client(await site.token("inbox")) as client:
        first = (await client.get("/api/v1/inbox?limit=2")).json()
        assert [(m["from"], m["text"]) for m in first["items"]] == [(NUMBER, "三"), (NUMBER, "二")]
        rest = await client.get("/api/v1/inbox", params={"cursor": first["next_cursor"]})
        assert [m["text"] for m in rest.json()["items"]] == ["一"]
        assert rest.json()["next_cursor"] is None
        one = (await client.get(f"/api/v1/inbox/{first['items'][0]['id']}")).json()
        assert one["smsc_at"] == "2026-01-01T00:00:00Z"
        assert one["complete"] is True
        assert (await client.get("/api/v1/inbox/i-nothing")).status_code == 404
        wrong = await client.get("/api/v1/messages", params={"cursor": first["next_cursor"]})
        assert wrong.status_code == 403
    assert [event.action for event in site.diary.access()] == [
        "inbox_list", "inbox_list", "inbox_read",
    ]  # fmt: skip
    assert NUMBER not in repr([event.details for event in site.diary.events])
