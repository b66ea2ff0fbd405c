"""An operator's verbs over HTTP: who may, what is recorded, what is refused."""

from __future__ import annotations

import sqlite3
from typing import Any

import httpx
import pytest

from estate_sms.policy.operations import paused_modems
from estate_sms.queue.claim import Claimer
from estate_sms.queue.hours import AlwaysOpen
from estate_sms.queue.intents import Sim
from estate_sms.queue.outcomes import record
from estate_sms.queue.transmitter import PartResult
from estate_sms.store.unit import UnitOfWork

from .conftest import NUMBER, Site

GOOD: dict[str, Any] = {"to": [NUMBER], "text": "今晚停水", "purpose": "service"}
OTHER = "+8613800138001"


async def sent(sender: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await sender.post("/api/v1/messages", json=GOOD | changes)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def into_doubt(site: Site) -> None:
    """The next message is handed over, and nobody knows what became of it."""

    def unit(uow: UnitOfWork) -> None:
        sim = Sim("A1", "460001234567890", can_command=False)
        intent = Claimer(site.vault, AlwaysOpen()).claim(uow, sim, "any").intent
        assert intent is not None
        results = [
            PartResult(attempt=a, outcome="unknown", cause="timeout", answered_at=uow.now)
            for a in intent.attempts
        ]
        record(uow, results)

    await site.store.write(unit)


async def test_in_doubt_is_sent_again_or_closed_by_hand(
    site: Site, sender: httpx.AsyncClient
) -> None:
    ids = [(await sent(sender, to=[to]))["messages"][0]["id"] for to in (NUMBER, OTHER)]
    for _ in ids:
        await into_doubt(site)
    async with site.client(await site.token("recall", "messages:send")) as operator:
        path = "/api/v1/messages/{}/{}"
        nothing = await operator.post(path.format(ids[0], "requeue"), json={"reason": " "})
        assert nothing.json()["code"] == "reason_missing"
        again = await operator.post(path.format(ids[0], "requeue"), json={"reason": "no arrival"})
        assert (again.status_code, again.json()["state"]) == (200, "queued")
        closed = await operator.post(path.format(ids[1], "close"), json={"reason": "too old"})
        assert (closed.json()["state"], closed.json()["cause"]) == ("failed", "closed_unknown")
        twice = await operator.post(path.format(ids[0], "requeue"), json={"reason": "once more"})
        assert (twice.status_code, twice.json()["code"]) == (409, "wrong_state")
        assert (
            await operator.post(path.format("m0", "close"), json={"reason": "x"})
        ).status_code == 404
    by_hand = [e for e in site.diary.events if e.reason in {"no arrival", "too old"}]
    assert [e.action for e in by_hand] == ["message.queued", "message.failed"]
    assert all(e.actor.startswith("key:") for e in by_hand)


@pytest.mark.parametrize(
    ("scopes", "verb"),
    [(("messages:send",), "requeue"), (("recall",), "requeue"), (("messages:send",), "close")],
)
async def test_both_scopes_to_send_again(
    site: Site, sender: httpx.AsyncClient, scopes: tuple[str, ...], verb: str
) -> None:
    message = (await sent(sender))["messages"][0]["id"]
    await into_doubt(site)
    async with site.client(await site.token(*scopes)) as other:
        answer = await other.post(f"/api/v1/messages/{message}/{verb}", json={"reason": "why"})
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


async def test_nobody_who_opted_out_gets_it_again(site: Site, sender: httpx.AsyncClient) -> None:
    message = (await sent(sender, purpose="activity"))["messages"][0]["id"]
    await into_doubt(site)
    async with site.client(await site.token("recall", "messages:send", "admin")) as operator:
        await operator.put(f"/api/v1/numbers/{NUMBER}/opt-outs/activity")
        answer = await operator.post(
            f"/api/v1/messages/{message}/requeue", json={"reason": "he asked"}
        )
        assert answer.json()["code"] == "opted_out"


async def test_one_message_is_cancelled_by_its_submitter_alone(
    site: Site, sender: httpx.AsyncClient
) -> None:
    first, second = (await sent(sender, to=[NUMBER, OTHER]))["messages"]
    async with site.client(await site.token("messages:send")) as stranger:
        refused = await stranger.post(f"/api/v1/messages/{first['id']}/cancel")
        assert refused.status_code == 403
    stopped = await sender.post(f"/api/v1/messages/{first['id']}/cancel", json={"reason": "moved"})
    assert stopped.json()["state"] == "cancelled"
    still = (await sender.get(f"/api/v1/messages/{second['id']}")).json()
    assert still["state"] == "queued"


async def test_a_class_is_lowered_and_raised_no_higher_than_submitted(
    sender: httpx.AsyncClient,
) -> None:
    batch = (await sent(sender))["batch"]["id"]
    path = f"/api/v1/batches/{batch}/priority"
    assert (await sender.post(path, json={"priority": "bulk"})).json() == {"moved": 1}
    assert (await sender.post(path, json={"priority": "bulk"})).json() == {"moved": 0}
    for to, code in (
        ("urgent", "priority_fixed"),
        ("emergency", "priority_unknown"),
        ("high", "priority_unknown"),
    ):
        answer = await sender.post(path, json={"priority": to})
        assert answer.json()["code"] == code
    urgent = (await sent(sender, priority="urgent"))["batch"]["id"]
    path = f"/api/v1/batches/{urgent}/priority"
    for to in ("normal", "urgent"):
        assert (await sender.post(path, json={"priority": to})).json() == {"moved": 1}


async def test_a_paused_modem_is_remembered(site: Site, sender: httpx.AsyncClient) -> None:
    assert (await sender.post("/api/v1/modems/A1/pause")).status_code == 403
    async with site.client(await site.token("recall")) as operator:
        paused = await operator.post("/api/v1/modems/A1/pause", json={"reason": "new SIM"})
        assert paused.json()["state"] == "paused"
        assert await site.store.read(paused_modems) == {"A1"}
        assert (await operator.post("/api/v1/modems/X9/pause")).status_code == 404
        resumed = await operator.post("/api/v1/modems/A1/resume")
        assert resumed.json()["state"] == "ready"
        assert await site.store.read(paused_modems) == frozenset()
    told = [
        (e.action, e.object, e.reason) for e in site.diary.events if e.action.startswith("modem.")
    ]
    assert told == [("modem.paused", "A1", "new SIM"), ("modem.resumed", "A1", "")]


async def test_a_backup_is_on_record(site: Site) -> None:
    made = {"sha256": "ab" * 32, "octets": 4096, "made_at": "2026-03-02T04:00:00.000000Z"}
    async with site.client(await site.token("recall")) as other:
        assert (await other.post("/api/v1/backups", json=made)).status_code == 403
    async with site.client(await site.token("admin")) as admin:
        assert (await admin.post("/api/v1/backups", json=made)).status_code == 204
    assert [e.details["sha256"] for e in site.diary.events if e.action == "sys.backup"] == [
        made["sha256"]
    ]


async def test_the_door_closes_when_too_much_waits(site: Site, sender: httpx.AsyncClient) -> None:
    from estate_sms.policy.room import Room

    site.desk._room = Room(site.store, 3)  # pyright: ignore[reportPrivateUsage]
    await sent(sender, to=[NUMBER, OTHER])
    full = await sender.post("/api/v1/messages", json=GOOD | {"to": [NUMBER, OTHER]})
    assert (full.status_code, full.json()["code"]) == (503, "queue_full")
    assert int(full.headers["retry-after"]) > 0
    assert (await sender.post("/api/v1/messages", json=GOOD)).status_code == 202
    async with site.client(await site.token("messages:emergency")) as guard:
        urgent = {"to": [NUMBER, OTHER], "text": "火警", "purpose": "emergency", "reason": "fire"}
        urgent |= {"priority": "emergency"}
        answer = await guard.post("/api/v1/messages", json=urgent)
        assert answer.status_code == 202, answer.text

    def rows(connection: sqlite3.Connection) -> int:
        return int(connection.execute("SELECT count(*) FROM message").fetchone()[0])

    assert await site.store.read(rows) == 5
