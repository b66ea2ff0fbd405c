"""Emergencies that one person sends alone: reason, cap, alarm, countersign."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from estate_sms.policy.break_glass import overdue, uncountersigned
from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.errors import PolicyError

from .conftest import House, later, opened

POLICY = """
version = "1"
[emergency]
reason_required = true
max_recipients_per_hour = 10
countersign_hours = 24
"""
FIRE: dict[str, Any] = {"purpose": "emergency", "text": "火警，请撤离", "reason": "3号楼起火"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path, policy=POLICY) as opened_house:
        yield opened_house


async def _pair(house: House) -> tuple[Caller, Caller]:
    return (
        await house.person("李", "messages:emergency", "approve"),
        await house.person("王", "approve"),
    )


async def _alarms(house: House) -> list[str]:
    return [row[0] for row in await house.rows("SELECT kind FROM feed WHERE topic = 'alarm'")]


async def test_it_goes_at_once_with_its_reason_on_record(house: House) -> None:
    li, _ = await _pair(house)
    with pytest.raises(PolicyError, match="emergency_reason"):
        await house.send(li, purpose="emergency", text="火警")
    sent = await house.send(li, 5, **FIRE)
    assert sent.batch.state == "sending"
    assert await house.put_on_air() == 5
    (row,) = await house.rows("SELECT reason, recipients, due_at - at, signed_at FROM break_glass")
    assert row == ("3号楼起火", 5, 24 * 3_600_000_000, None)
    event = next(e for e in house.notebook.events if e.action == "emergency.sent")
    assert event.reason == "3号楼起火"
    assert await _alarms(house) == ["emergency"]


async def test_no_more_than_the_cap_in_an_hour(house: House) -> None:
    li, _ = await _pair(house)
    await house.send(li, 8, **FIRE)
    with pytest.raises(PolicyError, match="emergency_cap") as caught:
        await house.send(li, 3, **FIRE)
    assert (caught.value.status, caught.value.extra["found"]) == (429, 11)
    assert "policy.stopped" in house.notebook.actions()
    await house.send(li, 2, **FIRE)
    await house.send(CLI, 10, **FIRE)
    later(house, hours=1, seconds=1)
    await house.send(li, 10, **FIRE)


async def test_another_person_countersigns(house: House) -> None:
    li, wang = await _pair(house)
    sent = await house.send(li, 5, **FIRE)
    with pytest.raises(PolicyError, match="own_emergency"):
        await house.desk.countersign(li, sent.batch.id)
    with pytest.raises(PolicyError, match="missing_scope"):
        await house.desk.countersign(CLI, sent.batch.id)
    with pytest.raises(PolicyError, match="digest_changed"):
        await house.desk.countersign(wang, sent.batch.id, "00" * 32)
    assert (await house.desk.countersign(wang, sent.batch.id, reason="在场")).id == sent.batch.id
    with pytest.raises(PolicyError, match="countersign_not_needed"):
        await house.desk.countersign(wang, sent.batch.id)
    assert await house.rows("SELECT kind, person_id FROM decision") == [
        ("countersign", wang.person_id)
    ]
    assert "batch.countersign" in house.notebook.actions()
    later(house, hours=25)
    assert await house.terms.once() == 0
    assert await _alarms(house) == ["emergency", "countersigned"]


async def test_overdue_raises_one_alarm_and_can_still_be_signed(house: House) -> None:
    li, wang = await _pair(house)
    sent = await house.send(li, 5, **FIRE)
    later(house, hours=23, minutes=59)
    assert await house.terms.once() == 0
    later(house, minutes=1)
    assert await house.terms.once() == 1
    assert await house.terms.once() == 0
    assert await _alarms(house) == ["emergency", "countersign_overdue"]
    assert "emergency.countersign_overdue" in house.notebook.actions()
    await house.desk.countersign(wang, sent.batch.id)


async def test_ordinary_sends_are_not_countersigned(house: House) -> None:
    _, wang = await _pair(house)
    sent = await house.send(CLI, 1)
    with pytest.raises(PolicyError, match="countersign_not_needed"):
        await house.desk.countersign(wang, sent.batch.id)
    with pytest.raises(PolicyError, match="not_found"):
        await house.desk.countersign(wang, "b0")


async def test_the_schema_wants_the_decision(house: House) -> None:
    li, _ = await _pair(house)
    await house.send(li, 1, **FIRE)
    for forbidden in ("UPDATE break_glass SET signed_at = 1", "UPDATE break_glass SET reason = ''"):
        with pytest.raises(sqlite3.IntegrityError):
            await house.store.write(lambda uow, sql=forbidden: uow.execute(sql))  # type: ignore[misc]


async def test_what_waits_and_what_is_overdue(house: House) -> None:
    li, wang = await _pair(house)
    first = (await house.send(li, 2, **FIRE)).batch.id
    later(house, hours=1)
    second = (await house.send(li, 1, 5, **FIRE)).batch.id
    later(house, hours=23)

    async def late() -> list[str]:
        return [one.batch for one in await house.store.write(overdue)]

    found = await house.store.read(uncountersigned)
    assert [(one.batch, one.recipients) for one in found] == [(first, 2), (second, 1)]
    assert "3号楼" not in repr(found)
    assert await late() == [first]
    await house.terms.once()
    assert await late() == [first], "the alarm does not end it"
    await house.desk.countersign(wang, first)
    assert await late() == []
    later(house, hours=1)
    assert await late() == [second]
