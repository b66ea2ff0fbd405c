"""A notice over HTTP: sent, listed, looked at, approved, recalled; and who looked is on record."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from estate_sms.policy.callers import CLI
from estate_sms.policy.settings import Settings
from estate_sms.queue.estimate import Capacity
from estate_sms.store.clock import SECOND, to_datetime

from .conftest import NUMBER, Options, Site

GOOD: dict[str, Any] = {"to": [NUMBER], "text": "今晚停水", "purpose": "service"}


def numbers(count: int) -> list[str]:
    return [f"+861380013{n:04}" for n in range(count)]


async def test_a_send_is_202_with_ids_and_what_was_rejected(sender: httpx.AsyncClient) -> None:
    to = ["138 0013 8000", "+8613800138000", "hello", "+8613800138001"]
    answer = await sender.post("/api/v1/messages", json={**GOOD, "to": to})
    assert answer.status_code == 202, answer.text
    sent = answer.json()
    assert [m["to"] for m in sent["messages"]] == [NUMBER, "+8613800138001"]
    assert {(r["to"], r["code"]) for r in sent["rejected"]} == {
        ("+8613800138000", "duplicate"),
        ("hello", "invalid_number"),
    }
    assert sent["batch"]["state"] in {"scheduled", "sending"}
    assert sent["batch"]["counts"] == {"queued": 2}
    for message in sent["messages"]:
        assert len(message["id"]) <= 21
        assert message["parts"] == 1


async def test_an_estimate_says_when_and_keeps_nothing(
    site: Site, sender: httpx.AsyncClient
) -> None:
    soon = to_datetime(site.store.now + 60 * SECOND)
    body = {"to": [NUMBER, NUMBER, "12"], "text": "停水通知", "purpose": "service",
            "priority": "urgent", "valid_until": soon.isoformat()}  # fmt: skip
    before = await site.store.feed_head()
    found = (await sender.post("/api/v1/messages/estimate", json=body)).json()
    assert (found["recipients"], found["parts"], found["unknown"]) == (1, 1, "no_modem")
    assert [rejected["code"] for rejected in found["rejected"]] == ["duplicate", "invalid_number"]
    assert (found["eta_seconds"], found["done_by"], found["in_time"]) == (None, None, None)
    site.sims.append(Capacity("460001234567890", 0, 0, [], []))
    chinese = {"Accept-Language": "zh"}
    found = (await sender.post("/api/v1/messages/estimate", json=body, headers=chinese)).json()
    assert (found["eta_seconds"], found["in_time"], found["measured"]) == (5, True, False)
    assert found["message"].startswith("1人，现在：约1分钟，")
    body["text"] = "澳门赌场上线"
    refused = await sender.post("/api/v1/messages/estimate", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "text_blocked")
    assert await site.store.feed_head() == before
    assert (await sender.get("/api/v1/messages")).json()["items"] == []


async def test_one_message_with_parts_and_history(site: Site, sender: httpx.AsyncClient) -> None:
    sent = (await sender.post("/api/v1/messages", json={**GOOD, "text": "水" * 80})).json()
    message = (await sender.get(f"/api/v1/messages/{sent['messages'][0]['id']}")).json()
    assert message["to"] == NUMBER
    assert message["text"] == "水" * 80
    assert message["batch"] == sent["batch"]["id"]
    assert [(p["seq"], p["state"]) for p in message["parts"]] == [(1, "queued"), (2, "queued")]
    created = datetime.fromisoformat(message["created_at"])
    assert message["created_at"].endswith("Z")
    assert created.utcoffset() == timedelta(0)
    (event,) = site.diary.access()
    assert (event.action, event.object) == ("message_read", message["id"])
    assert event.actor.startswith("key:")


async def test_pages_follow_each_other(site: Site, sender: httpx.AsyncClient) -> None:
    to = numbers(7)
    sent = (await sender.post("/api/v1/messages", json={**GOOD, "to": to})).json()
    await sender.post("/api/v1/messages", json=GOOD)
    seen: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        query = {"batch": sent["batch"]["id"], "limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await sender.get("/api/v1/messages", params=query)).json()
        assert len(page["items"]) <= 3
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [m["to"] for m in seen] == to
    assert [m["id"] for m in seen] == [m["id"] for m in sent["messages"]]
    looks = [(e.action, e.object, e.details["count"]) for e in site.diary.access()]
    assert looks == [("message_list", sent["batch"]["id"], count) for count in (3, 3, 1)]
    assert "138001" not in repr(site.diary.events)


async def test_filters_of_the_list(sender: httpx.AsyncClient) -> None:
    sent = (await sender.post("/api/v1/messages", json=GOOD)).json()
    queued = await sender.get("/api/v1/messages", params={"state": "queued"})
    assert [m["id"] for m in queued.json()["items"]] == [sent["messages"][0]["id"]]
    assert (await sender.get("/api/v1/messages?state=failed")).json()["items"] == []
    later = await sender.get("/api/v1/messages", params={"since": "2099-01-01T00:00:00Z"})
    assert later.json()["items"] == []
    earlier = await sender.get("/api/v1/messages", params={"since": "2000-01-01T08:00:00+08:00"})
    assert len(earlier.json()["items"]) == 1
    assert (await sender.get("/api/v1/messages", params={"batch": "b-nothing"})).json() == {
        "items": [],
        "next_cursor": None,
    }


async def test_batches_newest_first(site: Site, sender: httpx.AsyncClient) -> None:
    sent = [(await sender.post("/api/v1/messages", json=GOOD)).json()["batch"] for _ in range(3)]
    await sender.post(f"/api/v1/batches/{sent[1]['id']}/pause")
    first = (await sender.get("/api/v1/batches?limit=2")).json()
    assert [b["id"] for b in first["items"]] == [sent[2]["id"], sent[1]["id"]]
    assert first["items"][0]["total"] == 1
    rest = await sender.get("/api/v1/batches", params={"cursor": first["next_cursor"], "limit": 1})
    assert [b["id"] for b in rest.json()["items"]] == [sent[0]["id"]]
    assert rest.json()["next_cursor"] is None
    paused = (await sender.get("/api/v1/batches?state=paused")).json()["items"]
    assert [b["id"] for b in paused] == [sent[1]["id"]]
    assert (await sender.get("/api/v1/batches?state=lost")).status_code == 422
    assert site.diary.access() == []


class TestIdempotency:
    """The header ``Idempotency-Key``."""

    async def test_a_repeat_gets_the_first_answer(self, sender: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "order-1"}
        first = await sender.post("/api/v1/messages", json=GOOD, headers=headers)
        second = await sender.post("/api/v1/messages", json=GOOD, headers=headers)
        assert (first.status_code, second.status_code) == (202, 202)
        assert first.json() == second.json()
        assert len((await sender.get("/api/v1/messages")).json()["items"]) == 1

    async def test_another_body_is_422(self, sender: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "order-2"}
        await sender.post("/api/v1/messages", json=GOOD, headers=headers)
        other = await sender.post("/api/v1/messages", json={**GOOD, "text": "x"}, headers=headers)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")

    async def test_twice_at_once_sends_once(self, sender: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "order-3"}
        answers = await asyncio.gather(
            *(sender.post("/api/v1/messages", json=GOOD, headers=headers) for _ in range(5))
        )
        codes = sorted({answer.status_code for answer in answers})
        assert codes in ([202], [202, 409])
        for answer in answers:
            if answer.status_code == 409:
                assert answer.json()["code"] == "idempotency_in_flight"
        assert len((await sender.get("/api/v1/messages")).json()["items"]) == 1

    async def test_a_key_that_is_none(self, sender: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "x" * 5000}
        answer = await sender.post("/api/v1/messages", json=GOOD, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_invalid")


class TestApproval:
    """Every send needs a second person."""

    @pytest.fixture
    def options(self) -> Options:
        return Options(policy=Settings(approval_above=0))

    async def test_a_second_person_approves_what_she_saw(self, site: Site) -> None:
        li = await site.people.add(CLI, "李")
        wang = await site.people.add(CLI, "王")
        submitter = await site.token("messages:send", "messages:read", "approve", person=li.id)
        approver = await site.token("messages:read", "approve", person=wang.id)
        async with site.client(submitter) as one, site.client(approver) as two:
            sent = (await one.post("/api/v1/messages", json=GOOD)).json()
            path = f"/api/v1/batches/{sent['batch']['id']}"
            assert sent["batch"]["state"] == "held"
            own = await one.post(f"{path}/approve")
            assert (own.status_code, own.json()["code"]) == (403, "own_send")
            seen = (await two.get(path)).json()
            assert seen["text"] == GOOD["text"]
            assert seen["sample"] == [NUMBER]
            assert [hold["kind"] for hold in seen["holds"]] == ["approval"]
            (look,) = [e for e in site.diary.access() if e.action == "batch_sample"]
            assert look.details == {"count": 1}
            wrong = await two.post(f"{path}/approve", json={"digest": "00" * 32})
            assert (wrong.status_code, wrong.json()["code"]) == (409, "digest_changed")
            done = await two.post(f"{path}/approve", json={"digest": seen["digest"]})
            assert done.status_code == 200
            assert done.json()["state"] in {"sending", "scheduled"}
            again = await two.post(f"{path}/approve")
            assert again.status_code == 409
            after = (await two.get(path)).json()
            assert [d["person"] for d in after["decisions"]] == [wang.id]

    async def test_others_do_not_see_text_and_recipients(
        self, site: Site, sender: httpx.AsyncClient
    ) -> None:
        sent = (await sender.post("/api/v1/messages", json=GOOD)).json()
        answer = await sender.get(f"/api/v1/batches/{sent['batch']['id']}")
        batch = answer.json()
        assert batch["counts"] == {"held": 1}
        assert [batch[name] for name in ("digest", "text", "sample", "ruleset")] == [None] * 4
        assert "1380013" not in answer.text
        assert site.diary.access() == []

    @pytest.mark.parametrize("verb", ["return", "reject"])
    async def test_sent_back_or_refused(self, site: Site, verb: str) -> None:
        wang = await site.people.add(CLI, "王")
        approver = await site.token("approve", person=wang.id)
        sender = await site.token("messages:send")
        async with site.client(sender) as one, site.client(approver) as two:
            sent = (await one.post("/api/v1/messages", json=GOOD)).json()
            path = f"/api/v1/batches/{sent['batch']['id']}/{verb}"
            assert (await two.post(path, json={})).json()["code"] == "reason_missing"
            done = await two.post(path, json={"reason": "wrong day"})
            assert done.status_code == 200, done.text
            assert done.json()["state"] == {"return": "returned", "reject": "rejected"}[verb]


async def test_pause_resume_cancel(sender: httpx.AsyncClient) -> None:
    sent = (await sender.post("/api/v1/messages", json={**GOOD, "to": numbers(3)})).json()
    path = f"/api/v1/batches/{sent['batch']['id']}"
    assert (await sender.post(f"{path}/pause")).json()["state"] == "paused"
    assert (await sender.post(f"{path}/pause")).status_code == 409
    ignored = await sender.post(f"{path}/resume", json={"to": 1})
    assert ignored.json()["code"] == "unknown_field"
    resumed = (await sender.post(f"{path}/resume", json={})).json()
    assert resumed["counts"] == {"queued": 3}
    cancelled = await sender.post(f"{path}/cancel", json={"reason": "not today"})
    assert cancelled.json()["state"] == "cancelled"
    assert cancelled.json()["counts"] == {"cancelled": 3}


@pytest.mark.parametrize("whole", [True, False])
async def test_a_recall_of_what_still_waits(site: Site, whole: bool) -> None:
    scopes = ("messages:send", "messages:read", "recall")
    async with site.client(await site.token(*scopes)) as client:
        sent = (await client.post("/api/v1/messages", json=GOOD)).json()
        what = (
            f"batches/{sent['batch']['id']}" if whole else f"messages/{sent['messages'][0]['id']}"
        )
        path = f"/api/v1/{what}/recall"
        assert (await client.post(path, json={})).json()["code"] == "missing_field"
        begun = await client.post(path, json={"reason": "wrong date"})
        assert begun.status_code == 202, begun.text
        recall = (await client.get(f"/api/v1/recalls/{begun.json()['id']}")).json()
        assert recall["state"] == "done"
        assert recall["counts"] == {"cancelled": 1}
        (item,) = recall["items"]
        assert (item["to"], item["outcome"]) == (NUMBER, "cancelled")
        assert recall["next_cursor"] is None
        assert item["steps"][0]["at"] == item["steps"][0]["ended_at"]
        page = (await client.get(f"/api/v1/recalls/{recall['id']}/summary?language=en")).json()
        assert (page["may_have_seen"], "wrong date" in page["text"]) == (0, True)
        assert (await client.get("/api/v1/recalls/r0/summary")).status_code == 404
        gone = (await client.get(f"/api/v1/messages/{sent['messages'][0]['id']}")).json()
        assert gone["state"] in {"cancelled", "recalled"}


async def test_the_filter_says_where(site: Site) -> None:
    async with site.client(await site.token("filter")) as client:
        body = {"text": "今晚停水", "purpose": "service"}
        answer = await client.post("/api/v1/filter/check", json=body)
        assert answer.json()["action"] == "allow"
        assert answer.json()["hits"] == []
        unknown = await client.post("/api/v1/filter/check", json={**body, "purpose": "fun"})
        assert unknown.json()["code"] == "purpose_unknown"


async def test_modems_show_masked_identities(sender: httpx.AsyncClient) -> None:
    answer = await sender.get("/api/v1/modems")
    assert [modem["id"] for modem in answer.json()["items"]] == ["A1", "A2"]
    assert answer.json()["items"][0]["imei"] == "…0017"
    assert (await sender.get("/api/v1/modems/A2")).json()["iccid"] == "…1234"


async def test_a_look_at_a_number_is_on_record_sealed(
    site: Site, sender: httpx.AsyncClient
) -> None:
    await sender.post("/api/v1/messages", json=GOOD)
    answer = await sender.get("/api/v1/numbers/138 0013 8000")
    assert answer.json()["number"] == NUMBER
    assert answer.json()["counts"] == {"queued": 1}
    (look,) = site.diary.access()
    assert (look.action, look.result) == ("number_read", "found")
    assert look.personal["number"].value == NUMBER
    assert NUMBER not in repr((look.details, look.object, look.reason))


async def test_opt_outs(site: Site) -> None:
    async with site.client(await site.token("admin")) as admin:
        path = f"/api/v1/numbers/{NUMBER}/opt-outs"
        assert (await admin.put(f"{path}/activity")).status_code == 204
        listed = (await admin.get("/api/v1/opt-outs")).json()["items"]
        assert [(o["number"], o["purpose"]) for o in listed] == [(NUMBER, "activity")]
        refused = await admin.put(f"{path}/emergency")
        assert refused.json()["code"] == "opt_out_impossible"
        sent = await admin.post("/api/v1/messages", json={**GOOD, "purpose": "activity"})
        assert (sent.status_code, sent.json()["code"]) == (422, "no_valid_recipient")
        assert sent.json()["rejected"][0]["code"] == "opted_out"
        assert (await admin.delete(f"{path}/activity")).status_code == 204
        assert (await admin.delete(f"{path}/activity")).status_code == 404


async def test_the_log(site: Site) -> None:
    async with site.client(await site.token("audit")) as auditor:
        assert (await auditor.get("/api/v1/audit/head")).json()["size"] == 7
        body = {"from": "2026-01-01T08:00:00+08:00"}
        export = await auditor.post("/api/v1/audit/exports", json=body)
        assert export.status_code == 200
        assert export.content == b"sealed" * 100
        assert export.headers["content-disposition"].startswith("attachment")
        assert site.log.made == [(1_767_225_600_000_000, None, None)]
        assert (await auditor.post("/api/v1/audit/exports")).content == b"sealed" * 100
        paper = {"kind": "paper", "by": "Li and Wang"}
        anchored = await auditor.post("/api/v1/audit/anchors", json=paper)
        assert (anchored.status_code, anchored.json()["checkpoint"]) == (200, "Li and Wang")
        refused = await auditor.post("/api/v1/audit/anchors", json={"kind": "witness"})
        assert (refused.status_code, refused.json()["code"]) == (409, "anchor_failed")
    await site.server.stop()
    assert list(site.log.folder.glob("*.bin")) == []


async def test_the_largest_call(sender: httpx.AsyncClient) -> None:
    to = [f"+86138001{n:05}" for n in range(10_000)]
    sender.timeout = httpx.Timeout(60)
    answer = await sender.post("/api/v1/messages", json={**GOOD, "to": to, "text": "水" * 600})
    assert answer.status_code == 202, answer.text[:200]
    assert len(answer.json()["messages"]) == 10_000
