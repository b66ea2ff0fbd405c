"""Two persons: when a second one is needed, who that may be, and that nothing gets past."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.errors import PolicyError
from estate_sms.store.unit import UnitOfWork

from .conftest import House, later, opened


async def _pair(house: House) -> tuple[Caller, Caller]:
    li = await house.person("李经理", "messages:send", "approve", "recall", "messages:emergency")
    wang = await house.person("王主任", "approve")
    return li, wang


async def test_a_second_person_releases(house: House) -> None:
    li, wang = await _pair(house)
    answer = await house.send(li, 30)
    assert (answer.batch.state, answer.messages[0].state) == ("held", "held")
    assert await house.put_on_air() == 0
    (row,) = await house.rows("SELECT digest FROM batch")
    released = await house.desk.approve(wang, answer.batch.id, bytes(row[0]).hex(), "gelesen")
    assert (released.state, released.counts) == ("sending", {"queued": 30})
    assert await house.put_on_air() == 30
    decided = await house.rows("SELECT kind, person_id, key_id, reason FROM decision")
    assert decided == [("approve", wang.person_id, wang.key_id, "gelesen")]
    event = next(e for e in house.notebook.events if e.action == "batch.approve")
    assert (event.kind, event.actor, event.object) == ("approve", wang.actor, answer.batch.id)
    assert ("batch", "sending") in await house.rows("SELECT topic, kind FROM feed")


async def test_the_submitter_is_a_person_not_a_key(house: House) -> None:
    li, _ = await _pair(house)
    second_key = await house.key(li.person, "approve")
    answer = await house.send(li, 30)
    for caller in (li, second_key):
        with pytest.raises(PolicyError, match="own_send") as caught:
            await house.desk.approve(caller, answer.batch.id)
        assert caught.value.status == 403
    assert await house.rows("SELECT 1 FROM decision") == []


async def test_systems_and_the_command_line_never_approve(house: House) -> None:
    li, _ = await _pair(house)
    answer = await house.send(li, 30)
    admin = await house.person("管理员", "admin")
    for caller in (CLI, admin, await house.system("messages:send", "admin")):
        with pytest.raises(PolicyError, match="missing_scope"):
            await house.desk.approve(caller, answer.batch.id)


async def test_a_batch_of_a_system_or_the_command_line_has_no_submitting_person(
    house: House,
) -> None:
    _, wang = await _pair(house)
    system = await house.system("messages:send")
    for first, caller in ((0, system), (100, CLI)):
        answer = await house.send(caller, 30, first)
        assert answer.batch.state == "held"
        assert (await house.desk.approve(wang, answer.batch.id)).state == "sending"


async def test_another_digest(house: House) -> None:
    li, wang = await _pair(house)
    answer = await house.send(li, 30)
    with pytest.raises(PolicyError, match="digest_changed") as caught:
        await house.desk.approve(wang, answer.batch.id, "00" * 32)
    assert caught.value.status == 409
    assert (await house.desk.cancel(li, answer.batch.id)).state == "cancelled"


async def test_a_shared_text_with_personal_data_is_approved_by_all_its_copies(house: House) -> None:
    li, wang = await _pair(house)
    about: dict[str, Any] = {"text": "3栋201业主张先生欠费，请联系13800138999"}
    sound, tampered = await house.send(li, 30, **about), await house.send(li, 30, 100, **about)
    assert await house.rows("SELECT DISTINCT text FROM batch") == [(None,)]
    assert (await house.desk.approve(wang, sound.batch.id)).state == "sending"

    def tamper(uow: UnitOfWork) -> None:
        subject = uow.execute("SELECT max(subject_id) FROM message").fetchone()[0]
        other = house.vault.seal(uow.connection, subject, "message.text", "转账到这里")
        uow.execute("DROP TRIGGER message_fixed")
        uow.execute("UPDATE message SET text_sealed = ? WHERE subject_id = ?", (other, subject))

    await house.store.write(tamper)
    with pytest.raises(PolicyError, match="digest_changed"):
        await house.desk.approve(wang, tampered.batch.id)


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE batch SET text = '转账到我的账户'",
        "UPDATE batch SET valid_until = 1",
        "UPDATE message SET subject_id = 1 WHERE subject_id <> 1",
        "DELETE FROM part WHERE message_id = 30; DELETE FROM message WHERE id = 30",
    ],
)
async def test_rows_edited_by_other_hands_are_not_sent(house: House, edit: str) -> None:
    li, wang = await _pair(house)
    answer = await house.send(li, 30)

    def tamper(connection: sqlite3.Connection) -> None:
        for name in ("batch_fixed", "message_fixed"):
            connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        for statement in edit.split(";"):
            connection.execute(statement)

    await house.store.write(lambda uow: tamper(uow.connection))
    with pytest.raises(PolicyError, match="digest_changed"):
        await house.desk.approve(wang, answer.batch.id)


async def test_one_recipient_keeps_its_digest_too(tmp_path: Path) -> None:
    async with opened(tmp_path, approval_above=0) as house:
        li, wang = await _pair(house)
        answer = await house.send(li)
        assert answer.batch.state == "held"
        assert (await house.desk.approve(wang, answer.batch.id)).state == "sending"


@pytest.mark.parametrize("what", ["revoke", "disable"])
async def test_who_was_stopped_meanwhile_decides_nothing(house: House, what: str) -> None:
    li, wang = await _pair(house)
    answer = await house.send(li, 30)
    if what == "revoke":
        await house.keys.revoke(CLI, wang.actor.removeprefix("key:"))
    else:
        await house.people.disable(CLI, wang.person)
    for verb in (house.desk.return_, house.desk.reject, house.desk.approve):
        with pytest.raises(PolicyError, match="person_disabled"):
            await verb(wang, answer.batch.id, "x")


async def test_an_expired_key_decides_nothing(house: House) -> None:
    li, wang = await _pair(house)
    answer = await house.send(li, 30)
    expires_at = house.store.now + 1_000_000
    caller = await house.key(wang.person, "approve", expires_at=expires_at)
    other = await house.keys.create(CLI, "a", ["inbox"], expires_at=expires_at)
    later(house, seconds=2)
    with pytest.raises(PolicyError, match="expired_key"):
        await house.desk.approve(caller, answer.batch.id)
    with pytest.raises(PolicyError, match="expired_key"):
        await house.keys.verify(other.token)


async def test_twice_at_once(house: House) -> None:
    li, wang = await _pair(house)
    zhao = await house.person("赵", "approve")
    answer = await house.send(li, 30)
    results = await asyncio.gather(
        *(house.desk.approve(caller, answer.batch.id) for caller in (wang, zhao, wang)),
        return_exceptions=True,
    )
    assert [getattr(r, "state", None) or getattr(r, "code", None) for r in results] == [
        "sending",
        "wrong_state",
        "wrong_state",
    ]
    assert await house.rows("SELECT count(*) FROM decision") == [(1,)]


@pytest.mark.parametrize("cancel_first", [True, False])
async def test_cancel_against_approve(house: House, cancel_first: bool) -> None:
    li, wang = await _pair(house)
    answer = await house.send(li, 30)
    cancel, approve = (
        house.desk.cancel(li, answer.batch.id),
        house.desk.approve(wang, answer.batch.id),
    )
    pair = (cancel, approve) if cancel_first else (approve, cancel)
    results = await asyncio.gather(*pair, return_exceptions=True)
    states = [getattr(r, "state", None) or getattr(r, "code", None) for r in results]
    assert states == (["cancelled", "wrong_state"] if cancel_first else ["sending", "cancelled"])
    assert await house.put_on_air() == 0
    assert await house.rows("SELECT DISTINCT state FROM message") == [("cancelled",)]


@pytest.mark.parametrize("kind", ["return", "reject"])
async def test_return_and_reject(house: House, kind: str) -> None:
    li, wang = await _pair(house)
    answer = await house.send(li, 30)
    verb = house.desk.return_ if kind == "return" else house.desk.reject
    with pytest.raises(PolicyError, match="reason_missing"):
        await verb(wang, answer.batch.id, " ")
    ended = await verb(wang, answer.batch.id, "日期不对")
    assert ended.state == {"return": "returned", "reject": "rejected"}[kind]
    assert await house.rows("SELECT kind, reason FROM decision") == [(kind, "日期不对")]
    for again in (house.desk.approve, house.desk.reject, house.desk.return_):
        with pytest.raises(PolicyError, match="wrong_state"):
            await again(wang, answer.batch.id, "x")


async def test_review_wants_a_person_too(house: House) -> None:
    li, wang = await _pair(house)
    answer = await house.send(li, text="小区有人赌博")
    with pytest.raises(PolicyError, match="own_send"):
        await house.desk.approve(li, answer.batch.id)
    assert (await house.desk.approve(wang, answer.batch.id)).state == "sending"
    assert await house.rows("SELECT kind FROM decision ORDER BY id") == [("approve",), ("release",)]


async def test_distinct_unapproved_recipients_of_a_day(house: House) -> None:
    li, _ = await _pair(house)
    assert (await house.send(li, 12)).batch.state == "sending"
    assert (await house.send(li, 12)).batch.state == "sending", "the same people once more"
    assert (await house.send(li, 8, 12)).batch.state == "sending", "twenty are not above twenty"
    over = await house.send(li, 1, 20)
    assert over.batch.state == "held"
    second_key = await house.key(li.person, "messages:send")
    assert (await house.send(second_key, 1, 21)).batch.state == "held"
    other = await house.system("messages:send")
    assert (await house.send(other, 20)).batch.state == "sending", "another submitter"
    later(house, hours=24, seconds=1)
    assert (await house.send(li, 20, 40)).batch.state == "sending"


async def test_approved_sends_and_emergencies_do_not_count(house: House) -> None:
    li, wang = await _pair(house)
    big = await house.send(li, 100)
    await house.desk.approve(wang, big.batch.id)
    await house.send(li, 100, 200, purpose="emergency", text="火警")
    assert (await house.send(li, 20, 400)).batch.state == "sending"
    assert (await house.send(li, 1, 500)).batch.state == "held"


async def test_splitting_a_call_at_once_does_not_help(house: House) -> None:
    li, _ = await _pair(house)
    answers = await asyncio.gather(*(house.send(li, 8, 8 * i) for i in range(5)))
    assert [a.batch.state for a in answers] == ["sending", "sending", "held", "held", "held"]


async def test_cancelling_does_not_give_the_number_back(house: House) -> None:
    li, _ = await _pair(house)
    first = await house.send(li, 20)
    await house.desk.cancel(li, first.batch.id)
    assert (await house.send(li, 1, 20)).batch.state == "held"


async def test_steering_ones_own_and_others(house: House) -> None:
    li, _ = await _pair(house)
    sender = await house.person("张", "messages:send")
    mine, theirs = await house.send(sender, 5), await house.send(li, 5)
    assert (await house.desk.pause(sender, mine.batch.id)).state == "paused"
    assert await house.put_on_air() == 5
    assert (await house.desk.resume(sender, mine.batch.id)).counts == {"queued": 5}
    for verb in (house.desk.cancel, house.desk.pause, house.desk.resume):
        with pytest.raises(PolicyError, match="missing_scope"):
            await verb(sender, theirs.batch.id)
        with pytest.raises(PolicyError, match="not_found"):
            await verb(sender, "b0")
    assert (await house.desk.cancel(li, mine.batch.id)).state == "cancelled"
    for verb in (house.desk.cancel, house.desk.pause, house.desk.resume):
        with pytest.raises(PolicyError, match="wrong_state"):
            await verb(li, mine.batch.id)


async def test_pausing_does_not_open_a_held_batch(house: House) -> None:
    li, _ = await _pair(house)
    held = await house.send(li, 30)
    for verb in (house.desk.pause, house.desk.resume):
        with pytest.raises(PolicyError, match="wrong_state"):
            await verb(li, held.batch.id)
