"""Several approvals, by whom, in time; and what races do."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.errors import PolicyError

from .conftest import House, later, numbers, opened

POLICY = """
version = "1"
[approval]
expires_hours = 24
[[rule]]
name = "two of them"
purposes = ["activity"]
approvals = 2
[[rule]]
name = "the board"
purposes = ["commercial"]
approvals = 1
approvers = ["person:王"]
"""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path, policy=POLICY, quiet_hours="") as opened_house:
        yield opened_house


async def _people(house: House) -> tuple[Caller, Caller, Caller]:
    return (
        await house.person("李", "messages:send", "approve"),
        await house.person("王", "approve"),
        await house.person("赵", "approve"),
    )


async def test_two_distinct_persons(house: House) -> None:
    li, wang, zhao = await _people(house)
    sent = await house.send(li, 2, purpose="activity")
    (detail,) = await house.rows("SELECT json_extract(detail, '$.needed', '$.rule') FROM hold")
    assert detail == ('[2,"two of them"]',)
    second_key = await house.key(wang.person, "approve")
    assert (await house.desk.approve(wang, sent.batch.id)).state == "held"
    assert await house.put_on_air() == 0
    for caller in (wang, second_key):
        with pytest.raises(PolicyError, match="already_approved"):
            await house.desk.approve(caller, sent.batch.id)
    with pytest.raises(PolicyError, match="own_send"):
        await house.desk.approve(li, sent.batch.id)
    assert (await house.desk.approve(zhao, sent.batch.id)).state == "sending"
    assert await house.put_on_air() == 2


async def test_an_approver_who_left_no_longer_counts(house: House) -> None:
    li, wang, zhao = await _people(house)
    sun = await house.person("孙", "approve")
    sent = await house.send(li, 1, purpose="activity")
    await house.desk.approve(wang, sent.batch.id)
    await house.people.disable(CLI, wang.person)
    assert (await house.desk.approve(zhao, sent.batch.id)).state == "held"
    assert (await house.desk.approve(sun, sent.batch.id)).state == "sending"


async def test_whose_leave_counts(house: House) -> None:
    li, wang, zhao = await _people(house)
    sent = await house.send(li, 1, purpose="commercial")
    with pytest.raises(PolicyError, match="approver_not_asked") as caught:
        await house.desk.approve(zhao, sent.batch.id)
    assert caught.value.extra == {"approvers": "person:王", "rule": "the board"}
    assert (await house.desk.approve(wang, sent.batch.id)).state == "sending"


async def test_nobody_is_made_an_approver_for_the_occasion(house: House) -> None:
    li, _, _ = await _people(house)
    sent = await house.send(li, 1, purpose="activity")
    later(house, seconds=1)
    fresh = await house.person("新", "approve")
    clerk = await house.people.add(CLI, "旧")
    with pytest.raises(PolicyError, match="approver_too_new"):
        await house.desk.approve(fresh, sent.batch.id)
    new = await house.key(clerk.id, "approve")
    with pytest.raises(PolicyError, match="approver_too_new"):
        await house.desk.approve(new, sent.batch.id)


async def test_a_replaced_key_makes_no_new_approver(house: House) -> None:
    li, wang, zhao = await _people(house)
    sent = await house.send(li, 1, purpose="activity")
    later(house, hours=1)
    await house.keys.revoke(CLI, wang.actor.removeprefix("key:"))
    again = await house.key(wang.person, "approve")
    assert (await house.desk.approve(again, sent.batch.id)).state == "held"
    assert (await house.desk.approve(zhao, sent.batch.id)).state == "sending"


async def test_leave_that_comes_too_late(house: House) -> None:
    li, wang, zhao = await _people(house)
    sent = await house.send(li, 2, purpose="activity")
    await house.desk.approve(wang, sent.batch.id)
    later(house, hours=24)
    with pytest.raises(PolicyError, match="approval_expired") as caught:
        await house.desk.approve(zhao, sent.batch.id)
    assert caught.value.status == 409
    assert await house.terms.once() == 1
    assert await house.terms.once() == 0
    assert await house.rows("SELECT state FROM batch") == [("returned",)]
    assert await house.rows("SELECT DISTINCT state, cause FROM message") == [
        ("cancelled", "returned")
    ]
    assert ("alarm", "approval_expired") in await house.rows("SELECT topic, kind FROM feed")


async def test_the_term_stands_in_the_digest(house: House) -> None:
    li, wang, zhao = await _people(house)
    sent = await house.send(li, 2, purpose="activity")
    await house.desk.approve(wang, sent.batch.id)

    def prolong(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TRIGGER approval_term_fixed")
        connection.execute("UPDATE approval_term SET expires_at = expires_at + 3600000000")

    await house.store.write(lambda uow: prolong(uow.connection))
    with pytest.raises(PolicyError, match="digest_changed"):
        await house.desk.approve(zhao, sent.batch.id)


@pytest.mark.parametrize(
    "forbidden",
    [
        "UPDATE approval_need SET approvals = 1",
        "DELETE FROM approval_need",
        "UPDATE approval_term SET expires_at = 0",
        "UPDATE hold SET closed_at = 1, closed_by = 'x'",
        "UPDATE part SET state = 'queued'",
        "UPDATE batch SET digest = zeroblob(32)",
        "UPDATE api_key SET scopes = '[\"admin\"]'",
    ],
)
async def test_the_schema_holds_it_too(house: House, forbidden: str) -> None:
    li, wang, _ = await _people(house)
    sent = await house.send(li, 2, purpose="activity")
    await house.desk.approve(wang, sent.batch.id)
    with pytest.raises(sqlite3.IntegrityError):
        await house.store.write(lambda uow: uow.execute(forbidden))
    assert await house.rows("SELECT state FROM batch") == [("held",)]


async def test_a_later_policy_asks_no_less_of_what_waits(house: House) -> None:
    li, wang, zhao = await _people(house)
    admin = await house.person("管", "admin")
    sent = await house.send(li, 1, purpose="activity")
    proposal = await house.policies.propose(admin, 'version = "2"')
    await house.policies.decide(zhao, proposal, approve=True)
    assert (await house.desk.approve(wang, sent.batch.id)).state == "held"
    assert (await house.send(li, 1, 5, purpose="activity")).batch.state == "sending"


@pytest.mark.parametrize(
    "order", ["approve approve cancel", "approve cancel approve", "cancel approve approve"]
)
async def test_racing(house: House, order: str) -> None:
    li, wang, zhao = await _people(house)
    sent = await house.send(li, 3, purpose="activity")
    approvers = iter((wang, zhao))
    verbs = [
        house.desk.approve(next(approvers), sent.batch.id)
        if verb == "approve"
        else house.desk.cancel(li, sent.batch.id)
        for verb in order.split()
    ]
    results = await asyncio.gather(*verbs, return_exceptions=True)
    assert all(not isinstance(r, BaseException) or isinstance(r, PolicyError) for r in results)
    assert await house.put_on_air() == 0
    assert await house.rows("SELECT DISTINCT state FROM message") == [("cancelled",)]


async def test_the_same_two_at_once_need_two(house: House) -> None:
    li, wang, zhao = await _people(house)
    sent = await house.send(li, 1, purpose="activity")
    results = await asyncio.gather(
        *(house.desk.approve(c, sent.batch.id) for c in (wang, wang, zhao, zhao)),
        return_exceptions=True,
    )
    assert [getattr(r, "state", None) or getattr(r, "code", None) for r in results] == [
        "held",
        "already_approved",
        "sending",
        "wrong_state",
    ]


async def test_revoked_between_two_approvals_at_once(house: House) -> None:
    li, wang, zhao = await _people(house)
    sent = await house.send(li, 1, purpose="activity")
    await house.desk.approve(wang, sent.batch.id)
    results = await asyncio.gather(
        house.keys.revoke(CLI, zhao.actor.removeprefix("key:")),
        house.desk.approve(zhao, sent.batch.id),
        return_exceptions=True,
    )
    assert getattr(results[1], "code", None) == "person_disabled"
    assert await house.put_on_air() == 0


async def test_a_corrected_number_needs_no_less_leave(house: House) -> None:
    """A number that changed puts the message into a batch of its own, which asks the same."""
    _, wang, zhao = await _people(house)
    await house.send(CLI, 3, purpose="activity")
    before, after = numbers(1)[0], numbers(1, 50)[0]
    done = await house.desk.correct(CLI, before, after, "moved", lambda _uow, _old, _new: None)
    (batch,) = done.batches
    needed = (
        "SELECT rule, approvals, approvers, expires_at FROM approval_need n "
        "LEFT JOIN approval_term t ON t.batch_id = n.batch_id WHERE n.batch_id = ? ORDER BY rule"
    )
    assert await house.rows(needed, 2) == await house.rows(needed, 1) != []
    assert (await house.desk.approve(wang, batch)).state == "held"
    assert (await house.desk.approve(zhao, batch)).state == "sending"
