from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from estate_sms.policy.callers import CLI
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.replies import Replies
from estate_sms.queue.inbox_parts import TEXT_CONTEXT
from estate_sms.store.ids import new_id
from estate_sms.store.unit import UnitOfWork

from .conftest import House, numbers, opened


async def _receive(house: House, number: str, text: str) -> str:
    """A message in the inbox, as the queue keeps one."""
    ref = new_id("i")

    def unit(uow: UnitOfWork) -> None:
        subject = house.vault.subject(uow, number)
        sealed = house.vault.seal(uow.connection, subject, TEXT_CONTEXT, text)
        uow.execute(
            "INSERT INTO inbox (public_id, subject_id, text_sealed, imsi, modem, segments, complete,"
            " received_at) VALUES (?, ?, ?, '46000', 'A1', 1, 1, ?)",
            (ref, subject, sealed, uow.now),
        )
        uow.feed("inbox", "received", ref)

    await house.store.write(unit)
    return ref


async def test_opted_out_numbers_are_left_out_of_that_purpose(house: House) -> None:
    first, second, third = numbers(3)
    await house.opt_outs.add(CLI, first, "activity")
    await house.opt_outs.add(CLI, second, "service")
    for purpose, left in (
        ("activity", [second, third]),
        ("commercial", [first, second, third]),
        ("service", [first, third]),
        ("statutory", [first, second, third]),
        ("emergency", [first, second, third]),
    ):
        answer = await house.send(CLI, 3, purpose=purpose)
        assert [m.to for m in answer.messages] == left
        assert {r.code for r in answer.rejected} <= {"opted_out"}
        assert len(answer.rejected) == 3 - len(left)


async def test_rejections_stay_in_the_order_of_the_call(house: House) -> None:
    await house.opt_outs.add(CLI, "13800138001", "activity")
    to = ["x", "13800138001", "13800138000", "13800138000", "13800138001"]
    answer = await house.send(CLI, to=to, purpose="activity")
    assert [(r.to, r.code) for r in answer.rejected] == [
        ("x", "invalid_number"),
        ("13800138001", "opted_out"),
        ("13800138000", "duplicate"),
        ("13800138001", "duplicate"),
    ]


async def test_nobody_left(house: House) -> None:
    await house.opt_outs.add(CLI, numbers(1)[0], "activity")
    with pytest.raises(PolicyError, match="no_valid_recipient"):
        await house.send(CLI, 1, purpose="activity")
    assert await house.rows("SELECT 1 FROM batch") == []


async def test_those_left_out_do_not_count_towards_the_limit(house: House) -> None:
    for number in numbers(10):
        await house.opt_outs.add(CLI, number, "activity")
    assert (await house.send(CLI, 30, purpose="activity")).batch.state == "sending"


async def test_the_list(house: House) -> None:
    (number,) = numbers(1)
    await house.opt_outs.add(CLI, "138 0013 8000", "activity")
    await house.opt_outs.add(CLI, number, "activity")
    (entry,) = await house.opt_outs.list(CLI)
    assert (entry.number, entry.purpose, entry.source) == (number, "activity", "desk")
    assert "138" not in repr(entry)
    await house.opt_outs.remove(CLI, number, "activity")
    with pytest.raises(PolicyError, match="not_found"):
        await house.opt_outs.remove(CLI, number, "activity")
    assert await house.opt_outs.list(CLI) == []
    assert house.notebook.actions() == ["opt_out.add", "opt_out.remove"]
    for number, purpose, code in (
        ("12", "activity", "invalid_number"),
        ("13800138000", "emergency", "opt_out_impossible"),
        ("13800138000", "statutory", "opt_out_impossible"),
        ("13800138000", "fun", "purpose_unknown"),
    ):
        with pytest.raises(PolicyError, match=code):
            await house.opt_outs.add(CLI, number, purpose)


async def test_erased_holders_leave_the_list(house: House) -> None:
    (number,) = numbers(1)
    await house.opt_outs.add(CLI, number, "activity")
    await house.store.write(lambda uow: house.vault.shred(uow, 1))
    assert await house.opt_outs.list(CLI) == []


async def test_a_reply_opts_out(house: House) -> None:
    first, second = numbers(2)
    ref = await _receive(house, first, "退訂。")
    await _receive(house, second, "收到")
    replies = Replies(house.store, house.vault)
    assert await replies.read_some() == 2
    assert await replies.read_some() == 0
    entries = await house.opt_outs.list(CLI)
    assert [(e.number, e.purpose, e.source) for e in entries] == [
        (first, "activity", "reply"),
        (first, "commercial", "reply"),
    ]
    assert {e.object for e in house.notebook.events} == {ref}


async def test_an_opt_out_taken_back_stays_so_after_a_restart(tmp_path: Path) -> None:
    (number,) = numbers(1)
    async with opened(tmp_path) as house:
        await _receive(house, number, "T")
        await Replies(house.store, house.vault).read_some()
        await house.opt_outs.remove(CLI, number, "activity")
    async with opened(tmp_path) as house:
        assert await Replies(house.store, house.vault).read_some() == 0
        assert [e.purpose for e in await house.opt_outs.list(CLI)] == ["commercial"]


async def test_an_erased_sender_does_not_stop_the_reader(house: House) -> None:
    first, second = numbers(2)
    await _receive(house, first, "退订")
    await house.store.write(lambda uow: house.vault.shred(uow, 1))
    await _receive(house, second, "退订")
    assert await Replies(house.store, house.vault).read_some() == 2
    assert {e.number for e in await house.opt_outs.list(CLI)} == {second}


async def test_it_reads_on_as_messages_come(house: House) -> None:
    running = asyncio.create_task(Replies(house.store, house.vault).run(pause=0.0, patience=0.05))
    for number in numbers(3):
        await _receive(house, number, "退订")
    async with asyncio.timeout(10):
        while len(await house.opt_outs.list(CLI)) < 6:
            await house.store.wait_fed(0.05)
    await house.store.close()
    await running  # a closed store ends it quietly
