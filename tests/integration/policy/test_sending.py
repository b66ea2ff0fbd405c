"""A send from the desk to the rows of the queue."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import cast

import msgspec
import pytest

from estate_sms.policy.answers import Hit
from estate_sms.policy.callers import CLI
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.requests import SendRequest
from estate_sms.store.clock import to_datetime

from .conftest import NOON, House, numbers, opened


async def test_one_message(house: House) -> None:
    answer = await house.send(CLI, client_ref="ticket 7")
    assert (answer.batch.state, answer.batch.counts) == ("sending", {"queued": 1})
    assert answer.batch.starts_at == NOON
    (message,) = answer.messages
    assert (message.to, message.state, message.parts) == (numbers(1)[0], "queued", 1)
    assert answer.rejected == []
    assert len(message.id) <= 21
    assert await house.put_on_air() == 1
    (row,) = await house.rows("SELECT submitter, client_ref, ruleset FROM batch")
    assert row[:2] == ("cli", "ticket 7")
    assert re.fullmatch(r"words:[0-9a-f]{64} policy:[0-9a-f]{64}", row[2])
    assert "batch.accepted" in house.notebook.actions()


async def test_bad_numbers_never_fail_the_others(house: House) -> None:
    to = ["13800138000", "12", "+8613800138000", "01062345678", "138 0013 8001", "\ud800"]
    answer = await house.send(CLI, to=to)
    assert [m.to for m in answer.messages] == numbers(2)
    assert [(r.to, r.code) for r in answer.rejected] == [
        ("12", "invalid_number"),
        ("+8613800138000", "duplicate"),
        ("01062345678", "not_mobile"),
        ("?", "invalid_number"),
    ]
    assert all(r.detail for r in answer.rejected)
    msgspec.json.encode(answer)


@pytest.mark.parametrize("to", [[], ["12", "x" * 5_000]])
async def test_nobody_left(house: House, to: list[str]) -> None:
    with pytest.raises(PolicyError, match="no_valid_recipient") as caught:
        await house.send(CLI, to=to)
    rejected = cast("list[dict[str, object]]", caught.value.extra["rejected"])
    assert [r["index"] for r in rejected] == list(range(len(to)))
    assert await house.rows("SELECT 1 FROM batch") == []


async def test_quiet_hours_postpone_all_but_urgent_and_emergency(house: House) -> None:
    house.moment = NOON + timedelta(hours=10)  # 22:00
    normal = await house.send(CLI)
    assert (normal.batch.state, normal.messages[0].state) == ("scheduled", "scheduled")
    assert normal.batch.starts_at == NOON + timedelta(hours=20)
    assert (await house.send(CLI, priority="urgent")).batch.state == "sending"
    assert (await house.send(CLI, purpose="emergency")).batch.state == "sending"


async def test_times_and_flags_reach_the_queue(house: House) -> None:
    begin, end = NOON + timedelta(hours=1), NOON + timedelta(hours=3)
    answer = await house.send(
        CLI, not_before=begin, valid_until=end, flash=True, recallable=True, priority="bulk"
    )
    assert answer.batch.starts_at == begin
    row = await house.rows("SELECT not_before, valid_until, flash, recallable, priority FROM batch")
    assert (to_datetime(row[0][0]), to_datetime(row[0][1]), *row[0][2:]) == (begin, end, 1, 1, 3)


async def test_the_signature_goes_on_the_air(tmp_path: Path) -> None:
    async with opened(tmp_path, signature="【翠湖物业】") as house:
        await house.send(CLI, 2, text="好" * 64)
        (row,) = await house.rows("SELECT text, segments FROM batch")
        assert row == ("【翠湖物业】" + "好" * 64, 1)


async def test_a_blocked_text_leaves_an_event_and_no_rows(house: House) -> None:
    with pytest.raises(PolicyError, match="text_blocked") as caught:
        await house.send(CLI, text="地下赌场开业")
    hits = cast("list[Hit]", caught.value.extra["hits"])
    assert [(h.word, h.category, h.start, h.end) for h in hits] == [("赌场", "gambling", 2, 4)]
    assert (
        await house.rows("SELECT 1 FROM batch UNION ALL SELECT 1 FROM subject WHERE blind NOT NULL")
        == []
    )
    (event,) = house.notebook.events
    assert (event.action, event.details["categories"]) == ("filter.block", "gambling")
    assert "赌" not in repr(event)


async def test_a_text_to_review_waits(house: House) -> None:
    answer = await house.send(CLI, text="小区有人赌博")
    assert (answer.batch.state, answer.batch.starts_at) == ("held", None)
    assert await house.rows("SELECT kind FROM hold") == [("review",)]
    assert await house.put_on_air() == 0
    assert "filter.review" in house.notebook.actions()


async def test_an_emergency_is_never_held_and_raises_an_alarm(house: House) -> None:
    answer = await house.send(CLI, 300, purpose="emergency", text="地下赌场起火，请撤离")
    assert answer.batch.state == "sending"
    assert await house.rows("SELECT 1 FROM hold") == []
    assert {"emergency.sent", "filter.alert"} <= set(house.notebook.actions())
    kinds = await house.rows("SELECT kind, ref FROM feed WHERE topic = 'alarm' ORDER BY kind")
    assert kinds == [("emergency", answer.batch.id), ("filter_alert", answer.batch.id)]


async def test_ten_thousand(house: House) -> None:
    to = [f"+86138{i:08d}" for i in range(10_000)]
    answer = await house.send(CLI, to=to)
    assert len(answer.messages) == 10_000
    assert answer.batch.state == "held"


async def test_a_closing_desk_takes_nothing(house: House) -> None:
    house.desk.close()
    with pytest.raises(PolicyError, match="closing") as caught:
        await house.send(CLI)
    assert caught.value.status == 503
    with pytest.raises(PolicyError, match="closing"):
        await house.desk.cancel(CLI, "b1")
    assert (await house.desk.check_filter(CLI, "赌场", "service")).action == "block"


async def test_a_closed_store_says_the_same(house: House) -> None:
    await house.store.close()
    with pytest.raises(PolicyError, match="closing"):
        await house.desk.send(CLI, SendRequest(to=numbers(1), text="a", purpose="service"))


async def test_filter_check(house: House) -> None:
    text = "好" * 5_000 + "赌场"
    answer = await house.desk.check_filter(CLI, text, "service")
    assert [(h.start, h.end) for h in answer.hits] == [(5_000, 5_002)]
    for given, purpose, code in (
        ("a", "fun", "purpose_unknown"),
        ("a" * 1_000_001, "service", "text_too_large"),
    ):
        with pytest.raises(PolicyError, match=code):
            await house.desk.check_filter(CLI, given, purpose)
    reader = await house.system("messages:read")
    with pytest.raises(PolicyError, match="missing_scope"):
        await house.desk.check_filter(reader, "a", "service")
