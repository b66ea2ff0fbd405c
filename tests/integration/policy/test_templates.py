"""Texts that may go without approval: at the desk, and what does not count as one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from estate_sms.policy.callers import CLI
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.explaining import explain_batch

from .conftest import House, later, opened

POLICY = """
version = "first"
[[template]]
name = "停水"
text = "尊敬的业主，{where}停水，请提前储水。"
purposes = ["service"]
max_recipients = 60
per_day = 100
[[rule]]
name = "two for many"
above = 40
approvals = 2
"""
SECOND = POLICY.replace("first", "second")
TEXT = "尊敬的业主，3号楼停水，请提前储水。"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path, policy=POLICY, signature="【翠湖】") as opened_house:
        yield opened_house


async def _granted(house: House, text: str = SECOND) -> None:
    wang = await house.person("王", "approve")
    proposal = await house.policies.propose(CLI, text)
    await house.policies.decide(wang, proposal, approve=True)


async def _state(house: House, count: int, first: int = 0, text: str = TEXT, **more: str) -> str:
    return (await house.send(CLI, count, first, text=text, **more)).batch.state


async def test_what_one_person_wrote_into_a_file_spares_nothing(house: House) -> None:
    assert await _state(house, 30) == "held"
    assert await house.rows("SELECT * FROM batch_template") == []


async def test_it_goes_and_is_on_record(house: House) -> None:
    await _granted(house)
    sent = await house.send(CLI, 30, text=TEXT)
    assert sent.batch.state == "sending"
    assert await house.rows("SELECT template, spared FROM batch_template") == [
        ("停水", '["approval_above"]')
    ]
    event = next(e for e in house.notebook.events if e.action == "template.used")
    assert (event.object, event.details["template"]) == (sent.batch.id, "停水")
    told = await explain_batch(house.store, sent.batch.id)
    assert [(line.effect, line.rule) for line in told.lines] == [
        ("spared", "approval_above"),
        ("allowed", ""),
    ]


async def test_what_it_does_not_spare(house: House) -> None:
    await _granted(house)
    assert await _state(house, 30, text=TEXT + "！") == "held"
    assert await _state(house, 30, 100, purpose="activity") == "held"
    assert await _state(house, 41, 200) == "held", "a rule of the file that does not except it"
    assert await _state(house, 61, 300) == "held", "more than one send of it may reach"
    reviewed = TEXT.replace("3号楼", "赌博楼")
    assert await _state(house, 2, 400, reviewed) == "held", "the filter still reads it"


async def test_so_many_a_day(house: House) -> None:
    await _granted(house, SECOND.partition("[[rule]]")[0])
    for first in (0, 40):
        assert await _state(house, 40, first) == "sending"
    assert await _state(house, 21, 100) == "held"
    later(house, hours=25)
    assert await _state(house, 21, 200) == "sending"


async def test_what_was_sent_from_it_counts_for_the_rules_that_do_not_except_it(
    house: House,
) -> None:
    await _granted(house)
    assert await _state(house, 30) == "sending"
    assert await _state(house, 1, 50, "停水") == "sending", "the floor lets the template be"
    assert await _state(house, 30, 100) == "held", "the rule of the file does not"


async def test_it_is_taken_back_by_two_persons_too(house: House) -> None:
    await _granted(house)
    proposal = await house.policies.propose(CLI, 'version = "none"')
    with pytest.raises(PolicyError, match="missing_scope"):
        await house.policies.decide(CLI, proposal, approve=True)
    assert await _state(house, 30) == "sending"
    await house.policies.decide(house.approvers[0], proposal, approve=True)
    assert await _state(house, 30, 100) == "held"


async def test_across_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path, policy=POLICY) as house:
        await _granted(house)
    async with opened(tmp_path, policy=SECOND) as again:
        assert await _state(again, 30) == "sending"
