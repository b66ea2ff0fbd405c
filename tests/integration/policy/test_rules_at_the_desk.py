"""The rules of a policy file at a real desk: stopped, capped, postponed, and in which words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from estate_sms.policy.callers import CLI
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.rules import Case, Numbers, explain
from estate_sms.queue.priorities import Priority

from .conftest import NOON, House, later, opened

POLICY = """
version = "1"
[calendar]
exam_days = ["2026-03-02"]
[[hours]]
purposes = ["activity"]
days = ["exam"]
open = ["18:00-20:00"]
[[rule]]
name = "no ads by systems"
for = ["system"]
purposes = ["commercial"]
deny = true
say = "people write ads"
[[rule]]
name = "billing"
for = ["key:system"]
max_recipients = 3
only_purposes = ["service", "commercial"]
[[rule]]
name = "a calm estate"
per_resident = 2
[[rule]]
name = "a calm sender"
for = ["person:李"]
purposes = ["service"]
per_sender = 10
[[rule]]
name = "who may shout"
purposes = ["emergency"]
except = ["person:李"]
deny = true
"""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path, policy=POLICY) as opened_house:
        yield opened_house


async def test_stopped_in_the_words_of_explain(house: House) -> None:
    system = await house.system("messages:send")
    with pytest.raises(PolicyError, match="policy_stopped") as caught:
        await house.send(system, purpose="commercial")
    error = caught.value
    assert (error.status, error.extra["rule"]) == (403, "no ads by systems")
    case = Case(
        sender=frozenset({"system"}), purpose="commercial", priority=Priority.NORMAL, recipients=1
    )
    told = explain(house.policies.current, case, Numbers(1), house.store.now)
    (line,) = [line for line in told.lines if line.effect == "stopped"]
    assert (line.rule, line.words) == (error.extra["rule"], error.extra["why"])
    assert line.words in error.message
    assert await house.rows("SELECT 1 FROM batch") == []
    event = next(e for e in house.notebook.events if e.action == "policy.stopped")
    assert event.details["rule"] == "no ads by systems"
    assert event.details["policy"] == house.policies.current.hash


async def test_what_a_key_may_do(house: House) -> None:
    system = await house.system("messages:send")
    assert (await house.send(system, 3)).batch.state == "sending"
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"count": 4}, "at most 3 recipients in one send, not 4"),
        ({"purpose": "statutory"}, "only the purposes service, commercial are allowed"),
    )
    for changes, words in cases:
        with pytest.raises(PolicyError, match="policy_stopped") as caught:
            await house.send(system, **changes)
        assert caught.value.extra["rule"] == "billing"
        assert words in caught.value.message
    li = await house.person("李", "messages:send")
    assert (await house.send(li, 4)).batch.state == "sending", "another key"


async def test_a_resident_gets_so_many_a_day(house: House) -> None:
    await house.send(CLI, 2)
    later(house, hours=1)
    await house.send(CLI, 1)
    await house.send(CLI, 2, purpose="statutory")
    later(house, hours=1)
    answer = await house.send(CLI, 3)
    (refused,) = answer.rejected
    assert (refused.code, len(answer.messages)) == ("daily_cap", 2)
    assert "a calm estate: at most 2 messages" in refused.detail
    assert answer.messages[0].to != refused.to
    with pytest.raises(PolicyError, match="no_valid_recipient"):
        await house.send(CLI, 1)
    assert len((await house.send(CLI, 3, purpose="statutory")).messages) == 3
    later(house, hours=22, seconds=1)
    assert len((await house.send(CLI, 1)).messages) == 1, "a day after the first"


async def test_what_was_cancelled_does_not_count_for_a_resident(house: House) -> None:
    for _ in range(3):
        sent = await house.send(CLI, 1)
        await house.desk.cancel(CLI, sent.batch.id)
    assert len((await house.send(CLI, 1)).messages) == 1


async def test_a_sender_sends_so_many_a_day(house: House) -> None:
    li = await house.person("李", "messages:send")
    await house.send(li, 6)
    second = await house.key(li.person, "messages:send")
    for caller in (li, second):
        with pytest.raises(PolicyError, match="policy_cap") as caught:
            await house.send(caller, 5, 20)
        assert (caught.value.status, caught.value.extra["rule"]) == (429, "a calm sender")
    assert (await house.send(li, 4, 20)).batch.state == "sending"
    later(house, hours=24, seconds=1)
    assert (await house.send(li, 10, 40)).batch.state == "sending"


async def test_who_may_send_emergencies(house: House) -> None:
    li = await house.person("李", "messages:emergency")
    zhao = await house.person("赵", "messages:emergency")
    assert (await house.send(li, purpose="emergency", text="火警")).batch.state == "sending"
    with pytest.raises(PolicyError, match="policy_stopped") as caught:
        await house.send(zhao, purpose="emergency", text="火警")
    assert caught.value.extra["rule"] == "who may shout"


async def test_postponed_on_an_exam_day(house: House) -> None:
    answer = await house.send(CLI, purpose="activity")
    assert answer.batch.state == "scheduled"
    assert answer.batch.starts_at == NOON + timedelta(hours=6)
    assert (await house.send(CLI, purpose="service")).batch.state == "sending"
    with pytest.raises(PolicyError, match="valid_until_too_soon") as caught:
        await house.send(CLI, purpose="activity", valid_until=NOON + timedelta(hours=2))
    assert caught.value.extra["rule"] == "hours for activity on exam days"


async def test_opening_hours_are_asked_again_when_a_modem_takes_it(house: House) -> None:
    text = POLICY.replace('days = ["exam"]\nopen = ["18:00-20:00"]', 'open = ["17:00-20:00"]')
    sent = await house.send(CLI, purpose="activity")
    admin, wang = await house.person("管", "admin"), await house.person("王", "approve")
    proposal = await house.policies.propose(admin, text)
    await house.policies.decide(wang, proposal, approve=True)
    assert (await house.send(CLI, 1, 9, purpose="activity")).batch.starts_at == (
        NOON + timedelta(hours=5)
    )
    assert sent.batch.starts_at == NOON + timedelta(hours=6)
