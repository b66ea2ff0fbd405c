"""Which of several free SIMs a message goes by, on a real store with a dispatcher."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from estate_sms.queue.insight import CauseClass
from estate_sms.queue.ledger import Quota

if TYPE_CHECKING:
    from .conftest import Sender

Name = Callable[[int], str]
PATIENCE = 60.0


class Told:
    """An insight that the test writes."""

    def __init__(self) -> None:
        self.signals: dict[str, int] = {}
        self.causes: dict[str, CauseClass] = {}

    def cause_kind(self, label: str, cause: str) -> CauseClass | None:
        return self.causes.get(cause)

    def signal(self, label: str) -> int | None:
        return self.signals.get(label)


def insight(sender: Sender) -> Told:
    """A dispatcher anew, with an insight."""
    told = Told()
    sender.options["insight"] = told
    return told


async def again(sender: Sender) -> None:
    """The dispatcher ends, and begins anew on the same store."""
    await sender.dispatcher.stop(1.0)
    sender.dispatcher = sender.new_dispatcher()
    await sender.dispatcher.start()


async def all_idle(sender: Sender) -> None:
    async with asyncio.timeout(PATIENCE):
        while any(lane.state == "sending" for lane in sender.dispatcher.status()):  # noqa: ASYNC110 - cheap
            await asyncio.sleep(0.005)


async def one_by_one(sender: Sender, *numbers: int) -> list[str]:
    """Each when the bank is idle; the modems that sent them."""
    before = len(sender.radio.begun)
    for n, number in enumerate(numbers, before + 1):
        await all_idle(sender)
        await sender.accept(number)
        await sender.radio.until_begun(n)
        await sender.until("SELECT count(*) FROM message WHERE state <> 'submitted'", 0)
    return [modem for modem, _ in sender.radio.begun[before:]]


async def test_a_recipient_keeps_the_sim_while_it_is_well(sender: Sender) -> None:
    sender.ready("A1", "B2", "C3")
    first, second = await one_by_one(sender, 1, 2)
    assert first != second
    assert await one_by_one(sender, 1, 1, 2, 1) == [first, first, second, first]
    sender.dispatcher.pause(first)
    assert await one_by_one(sender, 2) == [second]
    await sender.accept(1)
    await sender.until("SELECT count(*) FROM message WHERE state <> 'submitted'", 0)
    assert sender.radio.begun[-1][0] != first


async def test_a_sim_that_has_more_to_do_is_not_waited_for(
    sender: Sender, name_number: Name
) -> None:
    sender.ready("A1")
    await one_by_one(sender, 1, 2, 3)
    sender.ready("B2")
    await all_idle(sender)
    await sender.radio.hold("A1")
    # One on the air and one fetched, whichever: the other modem takes the third at once.
    await sender.accept(1, 2, 3)
    await sender.radio.until_begun(5)
    begun = dict(sender.radio.begun[3:])
    assert begun["A1"] == name_number(1)
    assert begun["B2"] in {name_number(2), name_number(3)}


async def test_the_better_sim_carries_more_when_one_would_do(sender: Sender) -> None:
    told = insight(sender)
    await again(sender)
    told.signals = {"A1": 4, "B2": 25}
    sender.ready("A1", "B2")
    shares = Counter(await one_by_one(sender, *range(14)))
    assert 1 <= shares["A1"] <= 5
    poor, good = sender.dispatcher.status()
    assert poor.weight < good.weight / 3
    # With work for both, both work.
    await all_idle(sender)
    await sender.radio.hold("A1", "B2")
    await sender.accept(*range(20, 24))
    await sender.radio.until_begun(16)
    assert {modem for modem, _ in sender.radio.begun[14:]} == {"A1", "B2"}


async def test_the_pace_is_kept_over_a_restart(sender: Sender, name_number: Name) -> None:
    sender.radio.answers[name_number(1)] = [("refused", "cms:42")]
    sender.ready("A1")
    await sender.accept(1)
    await sender.until_states(scheduled=1)
    await again(sender)
    sender.ready("A1")
    async with asyncio.timeout(PATIENCE):
        while not sender.dispatcher.status()[0].gap_seconds:  # noqa: ASYNC110 - cheap
            await asyncio.sleep(0.005)
    assert sender.dispatcher.status()[0].gap_seconds == 2.0


async def test_the_make_of_the_modem_says_what_a_cause_means(
    sender: Sender, name_number: Name
) -> None:
    told = insight(sender)
    told.causes = {"cms:513": "permanent_message"}
    await again(sender)
    for n, cause in ((1, "cms:513"), (2, "cms:514")):
        sender.radio.answers[name_number(n)] = [("refused", cause)]
    sender.ready("A1")
    await sender.accept(1, 2)
    await sender.until_states(failed=1, scheduled=1)
    assert await sender.rows("SELECT cause FROM message WHERE state = 'failed'") == [("cms:513",)]


async def test_recipients_are_counted_and_strangers_wait(sender: Sender, name_number: Name) -> None:
    sender.quota = Quota(distinct_per_month=2)
    sender.ready("A1")
    await sender.accept(1, 2, 3)
    await sender.until_states(submitted=2, queued=1)
    assert dict(sender.dispatcher.status()[0].quota_used) == {"recipients_month": 2}
    await again(sender)
    sender.ready("A1")
    await sender.accept(1)
    await sender.until_states(submitted=3)
    assert sender.radio.numbers[-1] == name_number(1)
    await sender.emergency(4)
    await sender.until_states(submitted=4)
    assert dict(sender.dispatcher.status()[0].quota_used) == {"recipients_month": 3}
    assert (await sender.states()).count("queued") == 1
