"""Deadlines at the door: what would be too late, or make others late, is said before it is accepted."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from estate_sms.policy.settings import Settings
from estate_sms.queue.estimate import Capacity
from estate_sms.store.clock import SECOND, to_datetime
from estate_sms.store.unit import UnitOfWork

from .conftest import Options, Site

ZH = {"Accept-Language": "zh-CN"}
TIMED = """INSERT INTO attempt (part_id, modem, imsi, intent_at, handed_at, answered_at, outcome)
           SELECT part.id, 'A1', '460001234567890', ?1, ?1, ?1 + 5000000, 'accepted' FROM part"""


@pytest.fixture
def options() -> Options:
    return Options(policy=Settings(approval_above=100_000))


def notice(site: Site, count: int, minutes: float | None = None, **fields: Any) -> dict[str, Any]:
    body = {"to": [f"+86138001{n:05}" for n in range(count)], "text": "停水", "purpose": "service"}
    if minutes is not None:
        at = to_datetime(site.store.now + round(minutes * 60 * SECOND))
        body["valid_until"] = at.isoformat()
    return body | fields


async def known(site: Site, sender: httpx.AsyncClient) -> None:
    """One modem that takes five seconds for a part: twelve a minute."""
    first = await sender.post("/api/v1/messages", json=notice(site, 4))
    assert first.status_code == 202

    def unit(uow: UnitOfWork) -> None:
        uow.execute(TIMED, (uow.now,))
        uow.execute("UPDATE part SET state = 'submitting' WHERE state = 'queued'")
        uow.execute("UPDATE part SET state = 'submitted' WHERE state = 'submitting'")
        uow.execute("UPDATE message SET state = 'submitted' WHERE state = 'queued'")

    await site.store.write(unit)
    site.sims.append(Capacity("460001234567890", 0, 0, [], []))


async def test_what_cannot_be_in_time_is_refused_unless_it_may_be_late(
    site: Site, sender: httpx.AsyncClient
) -> None:
    blind = await sender.post("/api/v1/messages", json=notice(site, 600, 1, client_ref="blind"))
    assert blind.status_code == 202, "no modem, no measure: nobody knows"
    await sender.post(f"/api/v1/batches/{blind.json()['batch']['id']}/cancel", json={})
    await known(site, sender)
    body = notice(site, 240, 10)
    never = await sender.post("/api/v1/messages", json=body)
    assert (never.status_code, never.json()["code"]) == (422, "deadline_unreachable")
    assert "Retry-After" not in never.headers
    assert 110 <= never.json()["late"] <= 125
    assert never.json()["done_by"] > body["valid_until"][:19]
    estimate = (await sender.post("/api/v1/messages/estimate", json=body, headers=ZH)).json()
    assert (estimate["refusal"], estimate["in_time"]) == ("deadline_unreachable", False)
    assert estimate["late"] == never.json()["late"]
    assert estimate["message"].endswith("条将来不及；不会被接受")

    taken = await sender.post("/api/v1/messages", json={**body, "accept_late": True})
    assert taken.status_code == 202
    assert 110 <= taken.json()["warning"]["late"] <= 125
    recorded = [e for e in site.diary.events if e.action == "deadline.overridden"]
    assert [(e.object, e.details["accept_late"]) for e in recorded] == [
        (taken.json()["batch"]["id"], True)
    ]
    # Behind it an empty bank would do, but this one is not empty: later it may be.
    busy = await sender.post("/api/v1/messages", json=notice(site, 60, 11), headers=ZH)
    assert (busy.status_code, busy.json()["code"]) == (503, "deadline_busy")
    assert 5 <= int(busy.headers["Retry-After"]) <= 600
    assert busy.json()["message"].startswith("前面待发的消息过多：本次有")
    urgent = await sender.post("/api/v1/messages", json=notice(site, 240, 10, priority="urgent"))
    assert urgent.status_code == 202
    assert urgent.json()["warning"]["late"] > 100
    alarm = notice(site, 240, 1, purpose="emergency", reason="火警")
    async with site.client(await site.token("messages:emergency")) as client:
        for _ in range(2):
            gone = await client.post("/api/v1/messages", json=alarm)
            assert (gone.status_code, gone.json()["warning"]) == (202, None)


async def test_what_would_make_others_late_is_refused(
    site: Site, sender: httpx.AsyncClient
) -> None:
    await known(site, sender)
    before = await sender.post("/api/v1/messages", json=notice(site, 100, 10, priority="bulk"))
    assert (before.status_code, before.json()["warning"]) == (202, None)
    small = await sender.post("/api/v1/messages", json=notice(site, 10))
    assert (small.status_code, small.json()["warning"]) == (202, None)
    large = await sender.post("/api/v1/messages", json=notice(site, 60), headers=ZH)
    assert (large.status_code, large.json()["code"]) == (503, "deadlines_endangered")
    assert 40 <= large.json()["delayed"] <= 60
    assert 60 <= int(large.headers["Retry-After"]) <= 660
    assert "先前已接受的" in large.json()["message"]
    own = await sender.post("/api/v1/messages", json=notice(site, 60, accept_late=True))
    assert own.status_code == 503, "only one's own deadline is one's own to give up"
    asked = notice(site, 60)
    estimate = (await sender.post("/api/v1/messages/estimate", json=asked)).json()
    assert (estimate["refusal"], estimate["late"]) == ("deadlines_endangered", 0)
    assert "accepted before would come too late for it; it would not be" in estimate["message"]
    for behind in (notice(site, 60, priority="bulk"), notice(site, 60, 60, priority="bulk")):
        assert (await sender.post("/api/v1/messages", json=behind)).status_code == 202
    urgent = await sender.post("/api/v1/messages", json=notice(site, 60, priority="urgent"))
    assert (urgent.status_code, urgent.json()["warning"]["late"]) == (202, 0)
    assert urgent.json()["warning"]["delayed"] > 40
    assert (await site.store.read(_waiting)) == 100 + 10 + 120 + 60


async def test_rubbish_and_repeats(site: Site, sender: httpx.AsyncClient) -> None:
    wrong = await sender.post("/api/v1/messages", json=notice(site, 1, accept_late="yes"))
    assert (wrong.status_code, wrong.json()["field"]) == (422, "accept_late")
    await known(site, sender)
    body, key = notice(site, 240, 10, accept_late=True), {"Idempotency-Key": "late-1"}
    first = await sender.post("/api/v1/messages", json=body, headers=key)
    again = await sender.post("/api/v1/messages", json=body, headers=key)
    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    other = {**body, "accept_late": False}
    changed = await sender.post("/api/v1/messages", json=other, headers=key)
    assert changed.json()["code"] == "idempotency_mismatch"


def _waiting(connection: Any) -> int:
    sql = "SELECT count(*) FROM message WHERE state = 'queued'"
    return int(connection.execute(sql).fetchone()[0])
