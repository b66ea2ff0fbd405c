"""Why a batch was held, postponed or let go: as it was judged, whatever the rules are now."""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from estate_sms.policy.callers import CLI
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.explaining import BatchExplanation, explain_batch
from estate_sms.store.unit import UnitOfWork

from .conftest import House, later, opened

POLICY = """
version = "strict"
[[hours]]
purposes = ["service", "activity"]
open = ["10:00-14:00"]
[[rule]]
name = "two for activities"
purposes = ["activity"]
approvals = 2
"""


async def _told(house: House, batch: str) -> BatchExplanation:
    return await explain_batch(house.store, batch)


async def test_each_outcome_after_the_rules_changed(tmp_path: Path) -> None:
    async with opened(tmp_path, policy=POLICY) as house:
        wang = await house.person("王", "approve")
        operator = await house.person("李", "messages:emergency")
        at_once = (await house.send(CLI)).batch.id
        activity = (await house.send(CLI, 2, 10, purpose="activity")).batch.id
        word = (await house.send(CLI, 2, 20, text="有人赌博")).batch.id
        fire = (await house.send(operator, purpose="emergency", text="火警")).batch.id
        strict = house.policies.current.hash
        later(house, hours=3)
        late = (await house.send(CLI, 1, 30)).batch.id
        proposal = await house.policies.propose(CLI, 'version = "loose"')
        await house.policies.decide(wang, proposal, approve=True)
        await house.desk.approve(wang, word)

        told = await _told(house, at_once)
        assert (told.outcome, told.version, told.policy) == ("allowed", "strict", strict)
        assert [(x.effect, x.rule, x.words) for x in told.lines] == [
            ("allowed", "", "no rule asks for more than the scope")
        ]
        told = await _told(house, activity)
        assert (told.outcome, told.state, told.version) == ("held", "held", "strict")
        (line,) = told.lines
        assert line.rule == "two for activities"
        assert line.words == "2 other persons must approve every such send"
        assert line.words_zh == "此类发送均须另外 2 人审批"
        (hold,) = await house.rows("SELECT detail FROM hold WHERE kind = 'approval'")
        assert line.words in hold[0], "the words of the hold"
        told = await _told(house, word)
        assert [(x.effect, x.rule) for x in told.lines] == [("held", "word filter")], (
            "released under the loose policy, at an hour that this one allows"
        )
        told = await _told(house, late)
        assert told.outcome == "postponed"
        (line,) = told.lines
        assert line.rule == "hours for service on weekday days"
        assert "2026-03-03T02:00:00" in line.words
        assert "将于 2026-03-03T02:00:00" in line.words_zh
        told = await _told(house, fire)
        assert [(x.effect, x.rule) for x in told.lines] == [("allowed", "emergency")]
        with pytest.raises(PolicyError, match="not_found"):
            await _told(house, "b0")


async def test_another_configuration_does_not_change_what_was(tmp_path: Path) -> None:
    """The floor is no part of the file: it is on record beside it."""
    async with opened(tmp_path, approval_above=2) as house:
        await house.policies.load(None)
        later(house, hours=10)
        late = (await house.send(CLI)).batch.id
        assert (await _told(house, late)).outcome == "postponed"
    async with opened(tmp_path, quiet_hours="") as again:
        await again.policies.load(None)
        later(again, hours=10)
        told = await _told(again, late)
        assert (told.outcome, told.lines[0].rule) == ("postponed", "quiet_hours")
        assert (await _told(again, (await again.send(CLI)).batch.id)).outcome == "allowed"
        assert len(await again.rows("SELECT 1 FROM policy_used")) == 2


async def test_the_record_of_what_was_in_force_stays(tmp_path: Path) -> None:
    async with opened(tmp_path, policy=POLICY) as house:
        for sql in ("DELETE FROM policy_used", "UPDATE policy_used SET text = ''"):
            with pytest.raises(sqlite3.IntegrityError):
                await house.store.write(partial(UnitOfWork.execute, sql=sql))


@pytest.mark.parametrize("changes", [{}, {"purpose": "commercial"}])
async def test_a_batch_without_a_version_on_record(house: House, changes: dict[str, Any]) -> None:
    """From before versions were kept: what is known is told, and that the version is not."""
    sent = await house.send(CLI, 30, **changes)
    told = await _told(house, sent.batch.id)
    assert (told.outcome, told.version) == ("held", None)
    assert told.lines[0].rule == "approval_above"
