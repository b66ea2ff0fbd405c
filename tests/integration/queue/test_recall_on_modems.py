"""Recall and its races on a real bank: emulated modems behind ptys, the desk, the dispatcher, the log.

What the network did stands in its own air log; what the recall says must be exactly that.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from estate_sms.gateway.app import running
from estate_sms.gateway.bank import ports
from estate_sms.gateway.config import Config
from estate_sms.gateway.house import open_house
from estate_sms.gateway.sections import PolicyConfig
from estate_sms.gateway.wiring import Gateway
from estate_sms.modem.emulator.airlog import Aired, read_air_log
from estate_sms.modem.emulator.outcomes import Rule
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.emulator.timing import Delay, Timing
from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.requests import SendRequest
from estate_sms.queue import queries
from estate_sms.queue.recall_views import RecallView

PATIENCE = 60.0
NOTICE, FIX = "明日停水", "更正：后日停水"
PENDING, LATE = "+8613800138000", "+8613800138001"
"""One whose handset is off for good, and one who is delivered at the second try."""


@dataclass
class Box:
    gateway: Gateway
    wang: Caller
    """May approve, and did not ask."""

    @property
    def air(self) -> list[Aired]:
        return read_air_log(Path(self.gateway.config.data_dir) / "emulator" / "air.jsonl")

    def texts(self, number: str) -> Counter[str]:
        return Counter(e.text for e in self.air if e.kind == "submit" and e.to == number)

    async def send(self, count: int) -> tuple[str, list[str]]:
        """A notice to so many; its batch, and the recipients."""
        to = [f"+86138001{38000 + n}" for n in range(count)]
        answer = await self.gateway.desk.send(
            CLI, SendRequest(to=to, text=NOTICE, purpose="service")
        )
        return answer.batch.id, to

    async def recall(self, batch: str) -> str:
        return await self.gateway.desk.recall(
            CLI, batch=batch, reason="日期写错", correction_text=FIX
        )

    async def until(self, sql: str, value: object) -> None:
        async with asyncio.timeout(PATIENCE):
            while (await self.rows(sql))[0][0] != value:
                await self.gateway.house.store.wait_fed(0.1)

    async def until_on_air(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while len(self.air) < count:
                await self.gateway.house.store.wait_fed(0.05)

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        return await self.gateway.house.store.read(lambda c: c.execute(sql).fetchall())

    async def view(self, recall: str) -> RecallView:
        house = self.gateway.house
        found = await house.store.read(lambda c: queries.recall(c, house.vault, recall, limit=500))
        assert found is not None
        return found


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    config = Config(
        data_dir=str(tmp_path / "data"), policy=PolicyConfig(approval_above=1000, quiet_hours="")
    )
    network = Settings(
        timing=Timing(submit=Delay(0.15), report=Delay(0.1), retry=Delay(1.0)),
        rules=(Rule(number=PENDING, reports=()), Rule(number=LATE, reports=(0x20, 0x00))),
    )
    async with (
        open_house(config) as house,
        ports(config, 2, network) as found,
        running(config, house, found) as gateway,
    ):
        person = await gateway.people.add(CLI, "王")
        key = await gateway.keys.create(CLI, "王", ["approve"], person=person.id)
        yield Box(gateway, await gateway.keys.verify(key.token))


async def test_whatever_is_where_the_recall_says_what_the_network_did(box: Box) -> None:
    """Queued, being submitted, at the SMSC, delivered, reported on meanwhile: all at one moment."""
    batch, to = await box.send(14)
    await box.until_on_air(4)
    recall = await box.recall(batch)
    await box.until("SELECT count(*) FROM message WHERE kind = 'notice' AND state = 'queued'", 0)
    assert [e for e in box.air if e.kind == "command" or e.text == FIX] == [], "it waits for a yes"
    await box.gateway.desk.decide_recall(box.wang, recall, approve=True)
    await box.until("SELECT state FROM recall", "done")
    view = await box.view(recall)
    assert len(view.items.items) + view.not_reached == len(to)
    deleted = {e.to for e in box.air if any(o.result == "deleted" for o in e.outcomes)}
    for item in view.items.items:
        assert item.number is not None
        sent = box.texts(item.number)
        assert sent[NOTICE] <= 1
        assert (item.outcome == "cancelled") == (sent[NOTICE] == 0), "nothing left after the stop"
        assert (item.outcome == "deletion_confirmed") == (item.number in deleted)
        corrected = item.outcome not in {"cancelled", "deletion_confirmed"}
        assert sent[FIX] == corrected, "a correction to exactly those it reached, once"
        assert item.steps, "what was tried"
        assert all(s.outcome != "open" and s.at <= (s.ended_at or 0) for s in item.steps)
    outcomes = {i.number: i.outcome for i in view.items.items}
    assert outcomes[PENDING] == "deletion_confirmed"
    proof = next(i for i in view.items.items if i.number == PENDING).steps[0]
    assert (proof.step, proof.outcome) == ("command", "deletion_confirmed")
    assert "tp_st:47" in proof.evidence.values()
    assert view.counts["cancelled"] > 0


async def test_recall_twice_at_once_and_recall_of_a_recall(box: Box) -> None:
    batch, to = await box.send(4)
    await box.until_on_air(3)
    both = await asyncio.gather(box.recall(batch), box.recall(batch), return_exceptions=True)
    (recall,) = [r for r in both if isinstance(r, str)]
    (refusal,) = [r for r in both if isinstance(r, PolicyError)]
    assert (refusal.code, refusal.extra["recall"]) == ("already_recalled", recall)
    await box.gateway.desk.decide_recall(box.wang, recall, approve=True)
    await box.until("SELECT state FROM recall", "done")
    ours = [
        s.message
        for i in (await box.view(recall)).items.items
        for s in i.steps
        if s.step == "correction"
    ]
    assert ours
    for message in ours:
        with pytest.raises(PolicyError) as caught:
            await box.gateway.desk.recall(CLI, message=message, reason="x")
        assert caught.value.code == "nothing_to_recall"
    assert all(box.texts(number)[FIX] <= 1 for number in to)
    again = await box.recall(batch)
    await box.gateway.desk.decide_recall(box.wang, again, approve=False, reason="genug")
    assert (await box.view(again)).state == "rejected"
