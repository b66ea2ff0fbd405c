from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest

from estate_sms.queue import batches
from estate_sms.queue.errors import QueueClosedError
from estate_sms.queue.intents import Claimed, Intent, Sim
from estate_sms.queue.ledger import Quota
from estate_sms.queue.priorities import Priority
from estate_sms.queue.units import Units
from estate_sms.store.clock import SECOND, system_clock
from estate_sms.store.store import Store
from estate_sms.store.unit import UnitOfWork

if TYPE_CHECKING:
    from tests.conftest import OpenStore

    from .conftest import Sender

    MakeSender = Callable[[Store], Awaitable[Sender]]

Name = Callable[[int], str]


async def test_everything_is_sent_once_and_in_order(sender: Sender, name_number: Name) -> None:
    sender.ready("A1", "B2", "C3", "D4")
    await sender.accept(*range(100))
    await sender.until_states(submitted=100)
    assert sorted(sender.radio.numbers) == [name_number(n) for n in range(100)]
    # Four modems take turns: nobody is ahead of his place by more than what is in hand.
    place = {number: i for i, number in enumerate(sender.radio.numbers)}
    assert all(abs(place[name_number(n)] - n) <= 8 for n in range(100))
    await sender.until("SELECT count(*) FROM attempt WHERE outcome = 'accepted'", 100)
    assert (await sender.remains()).entries == {}


async def test_one_modem_keeps_the_order(sender: Sender, name_number: Name) -> None:
    sender.ready("A1")
    await sender.accept(*range(20))
    await sender.until_states(submitted=20)
    assert sender.radio.numbers == [name_number(n) for n in range(20)]


async def test_one_intent_is_fetched_while_one_is_on_the_air(sender: Sender) -> None:
    await sender.radio.hold("A1", "B2")
    sender.ready("A1", "B2")
    await sender.accept(*range(10))
    await sender.radio.until_begun(2)
    await sender.until_states(submitting=4, queued=6)
    assert set((await sender.remains()).entries.values()) == {None}
    assert len((await sender.remains()).entries) == 2
    await sender.radio.let_go("A1", "B2")
    await sender.until_states(submitted=10)


async def test_a_modem_has_the_next_message_before_it_is_free(
    sender: Sender, name_number: Name
) -> None:
    await sender.radio.hold("A1")
    sender.ready("A1")
    await sender.accept(*range(3))
    await sender.radio.until(lambda: len(sender.radio.given) == 2)
    assert sender.radio.numbers == [name_number(0)]
    await sender.radio.let_go("A1")
    await sender.until_states(submitted=3)
    assert sender.radio.given == sender.radio.numbers == [name_number(n) for n in range(3)]


async def test_what_came_between_goes_before_what_the_modem_has(
    sender: Sender, name_number: Name
) -> None:
    """It comes back unsent and is given to the modem again; what is behind it keeps its place."""
    await sender.radio.hold("A1")
    sender.ready("A1")
    await sender.accept(*range(4))
    await sender.radio.until(lambda: len(sender.radio.given) == 2)
    await sender.emergency(9)
    await sender.radio.let_go("A1")
    await sender.until_states(submitted=5)
    assert sender.radio.numbers == [name_number(n) for n in (0, 9, 1, 2, 3)]
    assert (await sender.remains()).entries == {}


async def test_the_parts_of_a_message_go_together(sender: Sender) -> None:
    sender.ready("A1", "B2")
    await sender.accept(1, 2, segments=3)
    await sender.until_states(submitted=2)
    rows = await sender.rows(
        "SELECT message_id, count(DISTINCT imsi), count(DISTINCT concat_ref) FROM attempt "
        "JOIN part ON part.id = part_id GROUP BY message_id"
    )
    assert [row[1:] for row in rows] == [(1, 1), (1, 1)]


async def test_an_emergency_is_next_on_the_first_free_modem(
    sender: Sender, name_number: Name
) -> None:
    await sender.radio.hold("A1", "B2")
    sender.ready("A1", "B2")
    await sender.accept(*range(20))
    await sender.until_states(submitting=4)
    await sender.emergency(999)
    await sender.radio.let_go("B2")
    await sender.radio.until_begun(4)
    assert sender.radio.begun[2] == ("B2", name_number(999))
    await sender.radio.let_go("A1")
    await sender.until_states(submitted=21)
    assert len(set(sender.radio.numbers)) == len(sender.radio.numbers) == 21
    assert await sender.rows("SELECT cause FROM attempt WHERE outcome = 'unsent'") == [
        ("displaced",)
    ]


async def test_nothing_lower_begins_while_an_emergency_waits(
    sender: Sender, name_number: Name
) -> None:
    modems = ["A1", "B2", "C3", "D4"]
    await sender.radio.hold(*modems)
    sender.ready(*modems)
    await sender.accept(*range(20))
    await sender.until_states(submitting=8)
    for n in (901, 902, 903):
        await sender.emergency(n)
    await sender.radio.let_go(*modems)
    await sender.until_states(submitted=23)
    assert set(sender.radio.numbers[4:7]) == {name_number(n) for n in (901, 902, 903)}


async def test_many_emergencies_all_go_first(sender: Sender) -> None:
    sender.ready("A1", "B2", "C3")
    await sender.radio.hold("A1", "B2", "C3")
    await sender.accept(*range(30))
    await sender.until_states(submitting=6)
    numbers = range(900, 930)
    await sender.accept(*numbers, priority=Priority.EMERGENCY, purpose="emergency")
    await sender.radio.let_go("A1", "B2", "C3")
    await sender.until_states(submitted=60)
    assert len({n for n in sender.radio.numbers[3:33] if n > "+8613800138800"}) == 30


async def test_an_idle_modem_wakes(sender: Sender) -> None:
    sender.ready("A1")
    await asyncio.sleep(0)
    await sender.accept(1)
    await sender.until_states(submitted=1)
    await sender.accept(2, wake=False)  # nobody said so: the next tick notices
    await sender.until_states(submitted=2)


async def test_a_lost_modem_gives_back_what_it_did_not_begin(
    sender: Sender, name_number: Name
) -> None:
    await sender.radio.hold("A1")
    sender.ready("A1")
    await sender.accept(1, 2)
    await sender.until_states(submitting=2)
    sender.radio.answers[name_number(1)] = [("unknown", "lost")]
    sender.dispatcher.modem_lost("A1")
    await sender.radio.let_go("A1")
    await sender.until_states(in_doubt=1, queued=1)
    sender.ready("B2")
    await sender.until_states(submitted=1)
    assert sender.radio.begun == [("A1", name_number(1)), ("B2", name_number(2))]


async def test_the_same_modem_comes_back(sender: Sender) -> None:
    sender.ready("A1")
    await sender.accept(1)
    await sender.until_states(submitted=1)
    for _ in range(3):
        sender.dispatcher.modem_lost("A1")
        sender.ready("A1")
    await sender.accept(2)
    await sender.until_states(submitted=2)
    assert [s.modem for s in sender.dispatcher.status()] == ["A1"]


async def test_a_modem_that_was_lost_at_once_never_sends(sender: Sender) -> None:
    sender.ready("A1")
    sender.dispatcher.modem_lost("A1")
    await sender.accept(1)
    await asyncio.sleep(0.05)
    assert sender.radio.begun == []


async def test_pause_and_resume(sender: Sender) -> None:
    await sender.radio.hold("A1")
    sender.ready("A1")
    await sender.accept(1, 2, 3)
    await sender.until_states(submitting=2)
    assert sender.dispatcher.pause("A1")
    await sender.radio.let_go("A1")
    await sender.until_states(submitted=1, queued=2)
    assert [s.state for s in sender.dispatcher.status()] == ["paused"]
    assert sender.dispatcher.resume("A1")
    await sender.until_states(submitted=3)
    assert not sender.dispatcher.pause("Z9")


async def test_a_defect_in_a_unit_costs_neither_modem_nor_message(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_room = Units.make_room
    defects = [RuntimeError("defect")]

    def failing(units: Units, uow: UnitOfWork, sim: Sim, intent: Intent) -> Claimed:
        if defects:
            raise defects.pop()
        return make_room(units, uow, sim, intent)

    monkeypatch.setattr(Units, "make_room", failing)
    await sender.radio.hold("A1")
    sender.ready("A1")
    await sender.accept(1, 2)
    await sender.until_states(submitting=2)
    await sender.emergency(3)
    await sender.radio.let_go("A1")
    await sender.until_states(submitted=3)
    assert defects == []
    assert len(set(sender.radio.numbers)) == len(sender.radio.numbers) == 3


async def test_a_full_disk_stops_handing_over_and_loses_nothing(sender: Sender) -> None:
    def limit(uow: UnitOfWork, pages: int) -> None:
        uow.execute(f"PRAGMA max_page_count = {pages}")

    sender.ready("A1", "B2")
    await sender.radio.hold("A1", "B2")
    await sender.accept(*range(200))
    await sender.until_states(submitting=4)
    await sender.store.write(lambda uow: limit(uow, 1))  # 1 = no more than it has
    await sender.radio.let_go("A1", "B2")
    while sender.store.writable:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.01)
    begun = len(sender.radio.begun)
    assert begun < 200
    await sender.store.write(lambda uow: limit(uow, 1_000_000))
    await sender.until_states(submitted=200)
    assert len(set(sender.radio.numbers)) == len(sender.radio.numbers) == 200
    assert (await sender.remains()).entries == {}


async def test_an_emergency_in_doubt_goes_again(
    open_store: OpenStore, make_sender: MakeSender
) -> None:
    ahead = 0
    store = await open_store(clock=lambda: system_clock() + ahead)
    sender = await make_sender(store)
    sender.ready("A1")
    sender.radio.answers[number := "+8613800138999"] = [("unknown", "timeout")]
    sender.radio.answers["+8613800138001"] = [("unknown", "timeout")]
    await sender.emergency(999)
    await sender.accept(1)
    await sender.until_states(in_doubt=2)
    ahead = 31 * SECOND
    await sender.until_states(in_doubt=1, submitted=1)
    assert sender.radio.numbers.count(number) == 2
    assert await sender.rows("SELECT count(*) FROM attempt WHERE resend_of IS NOT NULL") == [(1,)]


@pytest.mark.parametrize(("verb", "left"), [(batches.cancel, "cancelled"), (batches.pause, "held")])
async def test_what_was_fetched_of_a_stopped_batch_does_not_begin(
    sender: Sender, name_number: Name, verb: Callable[[UnitOfWork, str, str], int], left: str
) -> None:
    await sender.radio.hold("A1")
    sender.ready("A1")
    batch = await sender.accept(1, 2, 3)
    await sender.until_states(submitting=2)
    await sender.store.write(lambda uow: verb(uow, batch.public_id, "cli"))
    await sender.radio.let_go("A1")
    await sender.until_states(submitted=1, **{left: 2})
    assert sender.radio.numbers == [name_number(1)]


async def test_refusals(sender: Sender, name_number: Name) -> None:
    sender.radio.answers[name_number(1)] = [("refused", "cms:195")]
    sender.radio.answers[name_number(2)] = [("refused", "cms:38")]
    sender.radio.answers[name_number(3)] = [("refused", "cms:332")]
    sender.ready("A1")
    await sender.accept(1, 2, 3, 4)
    await sender.until_states(failed=1, scheduled=1, in_doubt=1, submitted=1)
    assert sender.radio.numbers == [name_number(n) for n in (1, 2, 3, 4)]


async def test_quotas_hold_back_all_but_emergencies(sender: Sender, name_number: Name) -> None:
    sender.quota = Quota(per_minute=3)
    sender.ready("A1")
    await sender.accept(*range(10))
    await sender.until_states(submitted=3)
    await sender.emergency(999)
    await sender.until_states(submitted=4)
    assert sender.radio.numbers[3] == name_number(999)
    status = sender.dispatcher.status()[0]
    assert (status.state, dict(status.quota_used)) == ("resting", {"minute": 4})
    # It is the SIM that has the quota: it does not forget by being pulled out.
    sender.dispatcher.modem_lost("A1")
    sender.ready("A1")
    sender.dispatcher.wake()
    await sender.until_states(queued=7)
    assert len(sender.radio.begun) == 4


async def test_stop_waits_for_the_answer(sender: Sender) -> None:
    await sender.radio.hold("A1")
    sender.ready("A1")
    await sender.accept(1, 2, 3)
    await sender.until_states(submitting=2)
    stopping = asyncio.create_task(sender.dispatcher.stop(10.0))
    await asyncio.sleep(0)
    await sender.radio.let_go("A1")
    await stopping
    assert await sender.states() == ["submitted", "queued", "queued"]


async def test_stop_leaves_in_doubt_what_has_no_answer(sender: Sender, name_number: Name) -> None:
    await sender.radio.hold("A1")
    sender.ready("A1")
    await sender.accept(1, 2, segments=2)
    await sender.until_states(submitting=2)
    await sender.dispatcher.stop(0.0)
    parts = [s for (s,) in await sender.rows("SELECT state FROM part ORDER BY id")]
    assert parts == ["in_doubt", "queued", "queued", "queued"]
    # The next run leaves what is in doubt alone.
    await sender.radio.let_go("A1")
    sender.dispatcher = sender.new_dispatcher()
    assert (await sender.dispatcher.start()).in_doubt == 0
    sender.ready("A1")
    await sender.until_states(in_doubt=1, submitted=1)
    assert sender.radio.numbers == [name_number(1), name_number(2)]


async def test_after_stop_nothing_begins(sender: Sender) -> None:
    await sender.dispatcher.stop(0.0)
    await sender.accept(1)
    sender.ready("A1")
    await asyncio.sleep(0.05)
    assert sender.radio.begun == []
    with pytest.raises(QueueClosedError):
        sender.new_dispatcher().modem_ready("A1", "460001111111111")


async def test_scheduled_messages_go_when_their_hour_comes(sender: Sender) -> None:
    sender.ready("A1")
    await sender.accept(1, not_before=sender.store.now + SECOND // 10)
    assert await sender.states() == ["scheduled"]
    await sender.until_states(submitted=1)


async def test_a_message_out_of_time_expires_by_itself(sender: Sender) -> None:
    await sender.accept(1, valid_until=sender.store.now + SECOND // 10)
    await sender.until_states(expired=1)
    assert sender.radio.begun == []
