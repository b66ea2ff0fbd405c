"""Restricted recipients, withdrawal by reply, correction, and the legal basis in the record."""

from __future__ import annotations

import pytest

from estate_sms.estate import correction
from estate_sms.gateway.block_register import BlockRegister
from estate_sms.policy.callers import CLI
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.optouts import OptOuts
from estate_sms.policy.replies import Replies
from estate_sms.queue.priorities import LEGAL_BASIS, PURPOSES

from .conftest import NUMBER, OTHER, THIRD, House, Opener


async def states(house: House) -> dict[str, str]:
    found = await house.rows("SELECT public_id, state || ':' || coalesce(cause, '') FROM message")
    return dict(found)


async def test_sending_to_a_restricted_number_is_refused_with_its_own_code(house: House) -> None:
    await house.send(NUMBER)
    await house.put_on_air()
    await house.erasures.erase(CLI, NUMBER)
    answer = await house.send(NUMBER, OTHER)
    assert [(r.to, r.code) for r in answer.rejected] == [(NUMBER, "restricted")]
    assert "asked to be forgotten" in answer.rejected[0].detail
    assert [m.to for m in answer.messages] == [OTHER]
    with pytest.raises(PolicyError) as caught:
        await house.send(NUMBER)
    assert caught.value.code == "no_valid_recipient"
    warning = await house.send(NUMBER, text="火警", purpose="emergency")
    assert (warning.rejected, len(warning.messages)) == ([], 1)


async def test_every_send_records_its_legal_basis(house: House) -> None:
    assert set(LEGAL_BASIS) == set(PURPOSES)
    for purpose in PURPOSES:
        await house.send(NUMBER, purpose=purpose)
    accepted = [r.details for r in await house.records() if r.action == "batch.accepted"]
    assert [(d["purpose"], d["basis"]) for d in accepted] == [
        (purpose, LEGAL_BASIS[purpose]) for purpose in PURPOSES
    ]
    assert {LEGAL_BASIS["activity"], LEGAL_BASIS["commercial"]} == {"consent"}


@pytest.mark.parametrize("word", ["退订", "T", "ｔｄ", "stop。", " STOP "])
async def test_a_withdrawal_by_reply_excludes_stops_what_waits_and_is_proved(
    house: House, word: str
) -> None:
    waiting = await house.send(NUMBER, OTHER, text="周末活动", purpose="activity")
    service = await house.send(NUMBER)
    await house.receive(NUMBER, word)
    replies = Replies(house.store, house.vault)
    assert await replies.read_some() == 1
    found = await states(house)
    assert [found[m.id] for m in waiting.messages] == ["cancelled:opted_out", "queued:"]
    assert found[service.messages[0].id] == "queued:"
    for purpose in ("activity", "commercial"):
        answer = await house.send(NUMBER, OTHER, purpose=purpose)
        assert [r.code for r in answer.rejected] == ["opted_out"]
    record = next(r for r in await house.records() if r.action == "withdrawal.confirmed")
    inbox = (await house.rows("SELECT public_id FROM inbox"))[0][0]
    assert (record.object, record.result) == (inbox, "new")
    assert 0 <= record.details["milliseconds"] < 60_000
    subject = await house.store.read(lambda c: house.vault.find(c, NUMBER))
    assert subject is not None
    ref = await house.store.read(lambda c: house.vault.ref(c, subject))
    assert record.personal == {"number": ref}
    listed = await OptOuts(house.store, house.vault, "CN").list(CLI)
    assert {(o.purpose, o.source, o.ref) for o in listed} == {
        ("activity", "reply", inbox), ("commercial", "reply", inbox),
    }  # fmt: skip
    await house.receive(NUMBER, word + " ")
    await replies.read_some()
    results = [r.result for r in await house.records() if r.action == "withdrawal.confirmed"]
    assert results == ["new", "known"]


async def test_a_correction_reaches_what_waits_and_leaves_what_was_sent(house: House) -> None:
    await house.store.write(
        lambda u: u.execute(
            "INSERT INTO household (public_id, building, unit, room) VALUES ('h1', '1', '1', '101')"
        )
    )
    sent = await house.send(NUMBER, text="已发")
    await house.put_on_air()
    shared = await house.send(NUMBER, OTHER, text="明日停水", priority="urgent")
    own = await house.send(NUMBER, text="您的快递到了")
    subject = await house.store.read(lambda c: house.vault.find(c, NUMBER))
    await house.store.write(
        lambda u: u.execute(
            "INSERT INTO resident (household_id, subject_id, role) VALUES (1, ?, 'owner')",
            (subject,),
        )
    )
    await OptOuts(house.store, house.vault, "CN").add(CLI, NUMBER, "commercial")
    done = await correction.correct(house.desk, CLI, NUMBER, THIRD, "new phone")
    assert (done.cancelled, len(done.batches)) == (2, 2)
    found = await states(house)
    assert found[sent.messages[0].id] == "submitted:"
    assert found[shared.messages[0].id] == found[own.messages[0].id] == "cancelled:corrected"
    on_air = await house.put_on_air()
    assert sorted((task.number, task.text) for task in on_air) == [
        (OTHER, "明日停水"), (THIRD, "您的快递到了"), (THIRD, "明日停水"),
    ]  # fmt: skip
    rows = await house.rows(
        "SELECT purpose, priority, submitter FROM batch ORDER BY id DESC LIMIT 2"
    )
    assert sorted(rows) == [("service", 1, "cli"), ("service", 2, "cli")]
    new = await house.store.read(lambda c: house.vault.find(c, THIRD))
    assert await house.rows("SELECT subject_id FROM resident") == [(new,)]
    answer = await house.send(THIRD, OTHER, purpose="commercial")
    assert [r.code for r in answer.rejected] == ["opted_out"], "the person's wishes go along"
    record = next(r for r in await house.records() if r.action == "number.corrected")
    assert set(record.personal) == {"before", "after"}
    assert record.details["batches"] == ",".join(done.batches)


async def test_a_correction_gives_nobody_the_same_notice_twice(house: House) -> None:
    await house.send(NUMBER, OTHER)
    done = await correction.correct(house.desk, CLI, NUMBER, OTHER)
    assert (done.cancelled, done.batches) == (1, ())
    assert [task.number for task in await house.put_on_air()] == [OTHER]


async def test_what_was_held_is_held_again_for_the_new_number(
    config: object, open_again: Opener
) -> None:
    async with open_again(config, approval_above=1) as house:
        held = await house.send(NUMBER, OTHER)
        assert held.batch.state == "held"
        done = await correction.correct(house.desk, CLI, NUMBER, THIRD)
        rows = await house.rows("SELECT state FROM batch WHERE public_id = ?", done.batches[0])
        assert rows == [("held",)]
        assert await house.put_on_air() == []


async def test_what_was_paused_is_paused_again_and_can_go_on(house: House) -> None:
    batch = (await house.send(NUMBER, OTHER)).batch.id
    await house.desk.pause(CLI, batch)
    done = await correction.correct(house.desk, CLI, NUMBER, THIRD)
    assert await house.put_on_air() == []
    await house.desk.resume(CLI, done.batches[0])
    assert [task.number for task in await house.put_on_air()] == [THIRD]


async def test_corrections_that_cannot_be(house: House) -> None:
    await house.send(NUMBER, OTHER)
    await house.put_on_air()
    await house.erasures.erase(CLI, OTHER)
    for before, after, code in (
        (THIRD, NUMBER, "not_found"), (NUMBER, NUMBER, "duplicate"), (NUMBER, "1", "invalid_number"),
        (NUMBER, OTHER, "restricted"), (OTHER, NUMBER, "restricted"),
    ):  # fmt: skip
        with pytest.raises(PolicyError) as caught:
            await correction.correct(house.desk, CLI, before, after)
        assert caught.value.code == code


async def test_a_stopped_text_stands_in_the_register_with_the_form_of_a_report(
    house: House,
) -> None:
    for _ in range(2):
        with pytest.raises(PolicyError, match="text_blocked"):
            await house.send(NUMBER, text="地下赌场今晚开门")
        await house.send(NUMBER)
    register = BlockRegister(house.store, house.keys, house.log, "【翠湖】")
    newest, oldest = await register.newest(10)
    assert (await register.newest(1), newest.sequence > oldest.sequence) == ([newest], True)
    assert (newest.actor, newest.categories, newest.hits) == ("cli", "gambling", 1)
    text = await register.report(oldest.sequence)
    leaf = (await house.rows("SELECT leaf FROM audit_record WHERE seq = ?", oldest.sequence))[0][0]
    assert all(
        words in text for words in ("【翠湖】", "gambling", oldest.at, leaf.hex(), house.log.origin)
    )
    assert "赌场" not in text
    for other in (oldest.sequence + 1, 10_000, -1):
        with pytest.raises(PolicyError, match="not_found"):
            await register.report(other)
