"""Recalls at the desk: what stops at once, and what waits for whom."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.errors import PolicyError

from .conftest import House, later, opened


async def _on_air(house: House, caller: Caller, count: int = 5) -> tuple[str, list[str]]:
    answer = await house.send(caller, count)
    assert await house.put_on_air() == count
    return answer.batch.id, [m.id for m in answer.messages]


async def _state(house: House, recall: str) -> str:
    ((state,),) = await house.rows("SELECT state FROM recall WHERE public_id = ?", recall)
    return str(state)


async def test_what_is_not_on_the_air_needs_nobody(house: House) -> None:
    answer = await house.send(CLI, 5)
    recall = await house.desk.recall(CLI, batch=answer.batch.id, reason="wrong date")
    assert await _state(house, recall) == "done"
    assert await house.put_on_air() == 0


async def test_a_batch_on_the_air_waits_for_a_second_person(house: House) -> None:
    li = await house.person("李", "messages:send", "recall", "approve")
    wang = await house.person("王", "approve")
    batch, _ = await _on_air(house, li)
    recall = await house.desk.recall(
        li, batch=batch, reason="wrong date", correction_text="7月5日停水"
    )
    assert await _state(house, recall) == "waiting"
    assert await house.put_on_air() == 0
    with pytest.raises(PolicyError, match="own_recall"):
        await house.desk.decide_recall(li, recall, approve=True)
    await house.desk.decide_recall(wang, recall, approve=True)
    assert await _state(house, recall) == "running"
    assert await house.put_on_air() == 5, "the commands go out"
    with pytest.raises(PolicyError, match="wrong_state"):
        await house.desk.decide_recall(wang, recall, approve=True)
    event = next(e for e in house.notebook.events if e.action == "recall.approve")
    assert (event.kind, event.actor, event.object) == ("approve", wang.actor, recall)


async def test_a_second_person_may_refuse(house: House) -> None:
    wang = await house.person("王", "approve")
    batch, _ = await _on_air(house, CLI)
    recall = await house.desk.recall(CLI, batch=batch, reason="wrong date")
    with pytest.raises(PolicyError, match="reason_missing"):
        await house.desk.decide_recall(wang, recall, approve=False)
    await house.desk.decide_recall(wang, recall, approve=False, reason="it was right")
    assert await _state(house, recall) == "rejected"
    assert await house.put_on_air() == 0


async def test_nobody_is_made_an_approver_for_a_recall(house: House) -> None:
    batch, _ = await _on_air(house, CLI)
    recall = await house.desk.recall(CLI, batch=batch, reason="wrong", correction_text="更正")
    assert await _state(house, recall) == "waiting"
    later(house, seconds=1)
    fresh = await house.person("新", "approve")
    for approve in (True, False):
        with pytest.raises(PolicyError, match="approver_too_new"):
            await house.desk.decide_recall(fresh, recall, approve=approve, reason="so")
    assert await _state(house, recall) == "waiting"


async def test_one_message_needs_one_person_as_long_as_few_are_reached(house: House) -> None:
    _, (message, *_) = await _on_air(house, CLI)
    recall = await house.desk.recall(CLI, message=message, reason="wrong flat")
    assert await _state(house, recall) == "running"


async def test_corrections_one_by_one_are_counted_as_sends(tmp_path: Path) -> None:
    async with opened(tmp_path, approval_above=4) as house:
        li = await house.person("李", "messages:send", "recall")
        wang = await house.person("王", "approve")
        answer = await house.send(li, 6)
        await house.desk.approve(wang, answer.batch.id)
        await house.put_on_air()
        other = await house.send(li, 4, 100)
        assert other.batch.state == "sending"
        recall = await house.desk.recall(
            li, message=answer.messages[0].id, reason="x", correction_text="别的内容"
        )
        assert await _state(house, recall) == "waiting"


async def test_a_correction_is_a_text_like_any_other(house: House) -> None:
    _, (message, *_) = await _on_air(house, CLI)

    async def code(**given: str) -> str:
        with pytest.raises(PolicyError) as caught:
            await house.desk.recall(CLI, message=message, **given)
        return caught.value.code

    assert await code(reason="x", correction_text="地下赌场") == "text_blocked"
    assert await code(reason="x", correction_text="好" * 700) == "text_too_long"
    assert await code(reason="x", correction_text="") == "text_empty"
    assert await code(reason="") == "reason_missing"
    recall = await house.desk.recall(CLI, message=message, reason="x", correction_text="有人赌博")
    assert await _state(house, recall) == "waiting", "words to review"


async def test_a_correction_for_one_is_theirs_and_one_with_personal_data_everyones_own(
    house: House,
) -> None:
    _, (message, *_) = await _on_air(house, CLI)
    batch, _ = await _on_air(house, CLI)
    await house.desk.recall(CLI, message=message, reason="x", correction_text="给您一人")
    about = "请王先生致电13800138999"
    await house.desk.recall(CLI, batch=batch, reason="x", correction_text=about)
    assert await house.rows("SELECT correction FROM recall") == [(None,), (None,)]
    sealed = (
        "SELECT count(*) FROM recall_item WHERE correction_sealed IS NOT NULL GROUP BY recall_id"
    )
    assert await house.rows(sealed) == [(1,), (5,)]


async def test_refusals(house: House) -> None:
    wang = await house.person("王", "approve")
    for given in ({"batch": "b0"}, {"message": "m0"}):
        with pytest.raises(PolicyError, match="not_found"):
            await house.desk.recall(CLI, reason="x", **given)
    with pytest.raises(PolicyError, match="not_found"):
        await house.desk.decide_recall(wang, "r0", approve=True)
    with pytest.raises(PolicyError, match="missing_scope"):
        await house.desk.recall(wang, batch="b0", reason="x")
    with pytest.raises(PolicyError, match="missing_scope"):
        await house.desk.decide_recall(CLI, "r0", approve=True)
    batch, _ = await _on_air(house, CLI)
    await house.desk.recall(CLI, batch=batch, reason="x")
    with pytest.raises(PolicyError, match="already_recalled"):
        await house.desk.recall(CLI, batch=batch, reason="x")


async def test_two_decisions_at_once(house: House) -> None:
    wang, zhao = await house.person("王", "approve"), await house.person("赵", "approve")
    batch, _ = await _on_air(house, CLI)
    recall = await house.desk.recall(CLI, batch=batch, reason="x")
    results = await asyncio.gather(
        house.desk.decide_recall(wang, recall, approve=True),
        house.desk.decide_recall(zhao, recall, approve=False, reason="no"),
        return_exceptions=True,
    )
    assert [getattr(r, "code", r) for r in results] == [None, "wrong_state"]
