"""Reports, late references, inbound parts and recalls while a dispatcher sends on a real store."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from estate_sms.audit.vault import SubjectVault
from estate_sms.queue import queries
from estate_sms.queue.hours import AlwaysOpen
from estate_sms.queue.inbox import InboxSink
from estate_sms.queue.inbox_parts import PATIENCE
from estate_sms.queue.recall import Ladder
from estate_sms.queue.recall_opening import RecallRequest, StartedRecall
from estate_sms.queue.reports import ReportSink
from estate_sms.queue.transmitter import HandOver, Outgoing, PartResult
from estate_sms.store.clock import SECOND

if TYPE_CHECKING:
    from tests.conftest import OpenStore

    from .conftest import Sender

FIX = "更正：明晚八点停水"


@dataclass(frozen=True, slots=True)
class Seen:
    imsi: str
    tp_mr: int
    recipient: str
    tp_st: int
    smsc_at: int | None
    done_at: int | None


@dataclass(frozen=True, slots=True)
class Part:
    imsi: str
    modem: str
    sender: str
    text: str
    reference: int | None
    total: int
    seq: int
    smsc_at: int | None


class Site:
    """A sender with a ladder and sinks; its network can report each message the moment it has it."""

    def __init__(self, sender: Sender) -> None:
        self.sender = sender
        self.ladder = Ladder(sender.vault, self._can_command, lambda text: 1)
        self.reports = ReportSink(sender.store, sender.vault, self.ladder)
        self.inbox = InboxSink(sender.store, sender.vault)
        self.report_at_once = False
        self.slow = 0.0
        self._submit = sender.radio.submit

    def _can_command(self, imsi: str) -> bool:
        return False

    async def submit(
        self, modem: str, outgoing: Outgoing, handover: HandOver
    ) -> Sequence[PartResult]:
        results = await self._submit(modem, outgoing, handover)
        if self.slow:
            await asyncio.sleep(random.uniform(0, self.slow))
        if self.report_at_once:
            await asyncio.gather(*(self._report(modem, outgoing, r) for r in results))
        return results

    async def _report(self, modem: str, outgoing: Outgoing, result: PartResult) -> None:
        if result.tp_mr is not None:
            imsi = next(
                lane.imsi for lane in self.sender.dispatcher.status() if lane.modem == modem
            )
            now = self.sender.store.now
            seen = Seen(imsi, result.tp_mr, outgoing.number, 0, now, now)
            await asyncio.gather(*(self.reports.status_report(seen) for _ in range(2)))

    async def recall(self, **changes: Any) -> StartedRecall:
        given: dict[str, Any] = {"reason": "写错了", "actor": "cli", **changes}
        request = RecallRequest(**given)
        return await self.sender.store.write(lambda uow: self.ladder.start(uow, request))


@pytest.fixture
async def site(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    site = Site(sender)
    await sender.dispatcher.stop()
    monkeypatch.setattr(sender.radio, "submit", site.submit)
    sender.options["ladder"] = site.ladder
    sender.dispatcher = sender.new_dispatcher()
    await sender.dispatcher.start()
    yield site
    await site.reports.close()


async def test_reports_that_overtake_their_acceptance(site: Site) -> None:
    """Every report is durable before the modem's own answer is even looked at."""
    site.report_at_once = True
    site.sender.ready("A1", "B2", "C3", "D4")
    await site.sender.accept(*range(40))
    await site.sender.until_states(delivered=40)
    rows = await site.sender.rows(
        "SELECT count(*), count(attempt_id), count(DISTINCT attempt_id) FROM status_report"
    )
    assert rows == [(40, 40, 40)]


async def test_late_reference(site: Site, name_number: Any) -> None:
    site.sender.radio.answers[name_number(1)] = [("unknown", "timeout")]
    site.sender.ready("A1")
    await site.sender.accept(1)
    await site.sender.until_states(in_doubt=1)
    ((attempt,),) = await site.sender.rows("SELECT id FROM attempt")
    site.reports.late_reference(attempt, 200)
    await site.reports.close()
    assert await site.sender.rows("SELECT state, tp_mr FROM part") == [("submitted", 200)]


async def test_late_reference_that_overtakes_the_outcome(site: Site, name_number: Any) -> None:
    await site.sender.radio.hold("A1")
    site.sender.radio.answers[name_number(1)] = [("unknown", "timeout")]
    site.sender.ready("A1")
    await site.sender.accept(1)
    await site.sender.radio.until_begun(1)
    ((attempt,),) = await site.sender.rows("SELECT id FROM attempt")
    site.reports.late_reference(attempt, 200)
    await asyncio.sleep(0)
    await site.sender.radio.let_go("A1")
    await site.reports.close()
    assert await site.sender.states() == ["submitted"]


async def test_the_same_part_offered_many_times_at_once(site: Site) -> None:
    parts = [
        Part("460001", "A1", "+8613800138009", t, 9, 2, n, 5) for n, t in ((1, "一"), (2, "二"))
    ]
    offered = [part for part in parts for _ in range(5)]
    random.Random(3).shuffle(offered)
    await asyncio.gather(*(site.inbox.inbound(part) for part in offered))
    vault = site.sender.vault
    page = await site.sender.store.read(lambda c: queries.inbox(c, vault))
    assert [(view.sender, view.text) for view in page.items] == [("+8613800138009", "一二")]


async def test_a_late_reference_that_cannot_be_written_does_no_harm(
    site: Site, name_number: Any
) -> None:
    site.sender.radio.answers[name_number(1)] = [("unknown", "timeout")]
    site.sender.ready("A1")
    await site.sender.accept(1)
    await site.sender.until_states(in_doubt=1)
    ((attempt,),) = await site.sender.rows("SELECT id FROM attempt")
    await site.sender.dispatcher.stop(0.1)
    await site.sender.store.close()
    site.reports.late_reference(attempt, 200)
    await site.reports.close()


async def test_parts_that_never_became_whole_are_shown_in_the_end(
    open_store: OpenStore, vault: SubjectVault
) -> None:
    now = [1_800_000_000 * SECOND]
    store = await open_store(clock=lambda: now[0])
    inbox = InboxSink(store, vault, normalise=lambda sender: "+86" + sender.removeprefix("+86"))
    waiting = asyncio.create_task(inbox.run(pause=0.01))
    await inbox.inbound(Part("460001", "A1", "13800138009", "一", 9, 2, 1, 5))
    now[0] += PATIENCE - SECOND
    assert await inbox.close_incomplete() == 0
    assert await store.feed_head() == 0, "it may still become whole"
    now[0] += 2 * SECOND
    async with asyncio.timeout(60):
        while not await store.read(lambda c: queries.inbox(c, vault).items):
            await store.wait_fed(1.0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    page = await store.read(lambda c: queries.inbox(c, vault))
    found = [(view.sender, view.text, view.complete) for view in page.items]
    assert found == [("+8613800138009", "一[…]", False)]


async def test_recall_takes_back_what_was_fetched_ahead(site: Site, name_number: Any) -> None:
    await site.sender.radio.hold("A1")
    site.sender.ready("A1")
    batch = await site.sender.accept(*range(10))
    await site.sender.radio.until_begun(1)
    await site.sender.until_states(submitting=2)
    started = await site.recall(batch=batch.public_id, correction=FIX)
    assert started.state == "running"
    await site.sender.radio.let_go("A1")
    await site.sender.until("SELECT state FROM recall", "done")
    assert site.sender.radio.numbers == [name_number(0), name_number(0)]
    states = await site.sender.states()
    assert states == ["submitted", *["cancelled"] * 9, "submitted"]
    view = await site.sender.store.read(
        lambda c: queries.recall(c, site.sender.vault, started.public_id)
    )
    assert view is not None
    assert view.counts == {"cancelled": 9, "correction_sent": 1}


async def test_recall_in_full_flight(site: Site) -> None:
    """Whatever is where at that moment, everyone who got the notice gets the correction, once."""
    site.report_at_once = True
    site.slow = 0.01
    modems = ("A1", "B2", "C3", "D4")
    site.sender.ready(*modems)
    batch = await site.sender.accept(*range(60))
    await site.sender.radio.until_begun(20)
    started = await site.recall(batch=batch.public_id, correction=FIX)
    await site.sender.until("SELECT state FROM recall", "done")
    await site.sender.until("SELECT count(*) FROM part WHERE state = 'submitting'", 0)
    vault = site.sender.vault
    view = await site.sender.store.read(
        lambda c: queries.recall(c, vault, started.public_id, limit=500)
    )
    assert view is not None
    assert len(view.items.items) + view.not_reached == 60
    reached = {i.number or "" for i in view.items.items if i.message_state not in {"cancelled"}}
    corrected = {i.number or "" for i in view.items.items if i.outcome == "correction_sent"}
    assert corrected == reached
    sent = site.sender.radio.numbers
    assert sorted(sent) == sorted([*reached, *corrected])
    assert len(reached) >= 20
    assert view.counts["cancelled"] > 0


async def test_reads_of_a_message_and_a_batch(site: Site, name_number: Any) -> None:
    site.report_at_once = True
    site.sender.ready("A1")
    batch = await site.sender.accept(*range(5), segments=2)
    await site.sender.until_states(delivered=5)
    store, vault = site.sender.store, site.sender.vault
    first = await store.read(lambda c: queries.messages(c, vault, batch=batch.public_id, limit=3))
    rest = await store.read(
        lambda c: queries.messages(c, vault, batch=batch.public_id, limit=3, after=first.next_key)
    )
    numbers = [row.number for row in (*first.items, *rest.items)]
    assert (numbers, rest.next_key) == ([name_number(n) for n in range(5)], None)
    none = await store.read(lambda c: queries.messages(c, vault, state="failed"))
    later = await store.read(lambda c: queries.messages(c, vault, since=store.now))
    assert (list(none.items), list(later.items)) == ([], [])
    message = await store.read(lambda c: queries.message(c, vault, first.items[0].id))
    assert message is not None
    assert (message.text, message.state, len(message.parts)) == ("今晚八点停水", "delivered", 2)
    (attempt,) = message.parts[0].attempts
    assert (attempt.tp_mr, attempt.modem, attempt.outcome) == (
        message.parts[0].tp_mr,
        "A1",
        "delivered",
    )
    assert [report.tp_st for report in attempt.reports] == [0]
    assert [(h.seq, h.to_state) for h in message.history if h.seq == 2] == [
        (2, "submitting"),
        (2, "submitted"),
        (2, "delivered"),
    ]
    assert "13800138" not in repr(message)
    assert "停水" not in repr(message)
    view = await store.read(
        lambda c: queries.batch(c, vault, batch.public_id, store.now, (), AlwaysOpen())
    )
    assert view is not None
    assert (view.state, view.counts, view.progress, view.eta_seconds) == (
        "done",
        {"delivered": 5},
        1.0,
        0,
    )
    assert list(view.sample) == numbers
    assert view.text == "今晚八点停水"
    health = await store.read(lambda c: queries.number(c, vault, name_number(1)))
    assert health is not None
    assert (health.health, health.last_tp_st, dict(health.evidence)) == (
        "valid",
        0,
        {"tp_st:00": 2},
    )
    assert await store.read(lambda c: queries.number(c, vault, name_number(77))) is None
    assert await store.read(lambda c: queries.message(c, vault, "mnone")) is None
    assert await store.read(lambda c: queries.batch(c, vault, "bnone", 0, (), AlwaysOpen())) is None
