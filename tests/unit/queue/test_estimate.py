"""How long it will take: the run-through against a queue that is really run through, and the rows it is fed with."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.queue.batches import cancel, pause
from estate_sms.queue.estimate import ASSUMED, Capacity, Forecast, Planned, for_batch, for_send
from estate_sms.queue.hours import AlwaysOpen
from estate_sms.queue.ledger import HOUR, MINUTE, Ledger, Quota
from estate_sms.queue.plan.makespan import Line, Work, done_at
from estate_sms.queue.priorities import Priority, Purpose
from estate_sms.store.clock import SECOND

if TYPE_CHECKING:
    from .conftest import Air, Queue

NOW = 1_800_000_000 * SECOND
OPEN = AlwaysOpen()


def sims(count: int, **changes: object) -> list[Capacity]:
    given = {"free_at": 0, "gap": 0, "windows": (), "sent": (), **changes}
    return [Capacity(imsi=f"46000{n}", **given) for n in range(count)]  # type: ignore[arg-type]  # by name


def until(queue: Queue, batch: str, count: int) -> int | None:
    found = for_batch(queue.connection, batch, queue.now, sims(count), OPEN)
    assert found is not None
    return found.seconds(queue.now)


def test_of_a_batch(queue: Queue, air: Air) -> None:
    batch = queue.accept(40)
    ref = batch.public_id
    assert until(queue, ref, 4) == 40 * ASSUMED // 4 // SECOND
    nobody = for_batch(queue.connection, ref, queue.now, [], OPEN)
    assert nobody is not None
    assert (nobody.done_at, nobody.unknown) == (None, "no_modem")
    for mr in range(20):
        air.send(mr)
    queue.connection.execute(
        "UPDATE attempt SET handed_at = intent_at, answered_at = intent_at + 1000000"
    )
    assert until(queue, ref, 1) == 20
    assert until(queue, ref, 2) == 10
    ahead = queue.accept(10, priority=Priority.URGENT)
    assert until(queue, ref, 1) == 30
    assert until(queue, ahead.public_id, 1) == 10
    queue.run(lambda uow: pause(uow, ref, "cli"))
    assert until(queue, ref, 1) is None
    assert for_batch(queue.connection, "bnone", queue.now, sims(1), OPEN) is None
    queue.run(lambda uow: cancel(uow, ref, "cli"))
    assert until(queue, ref, 0) == 0


def planned(messages: int, priority: Priority = Priority.NORMAL, segments: int = 1) -> Planned:
    return Planned(messages, segments, "service", priority, NOW)


def test_a_small_batch_does_not_wait_for_the_large_one_before_it(queue: Queue) -> None:
    queue.now = NOW
    queue.accept(1000)

    def ahead(messages: int, priority: Priority = Priority.NORMAL) -> Forecast:
        return for_send(queue.connection, planned(messages, priority), NOW, sims(1), OPEN)

    assert ahead(5).ahead == 6, "they take turns"
    assert ahead(1000).ahead == 1000
    assert ahead(5, Priority.BULK).ahead == 1000
    assert ahead(5, Priority.EMERGENCY).ahead == 0
    queue.accept(5)
    small = queue.rows("SELECT public_id FROM batch ORDER BY id DESC LIMIT 1")[0][0]
    found = for_batch(queue.connection, small, NOW, sims(1), OPEN)
    assert found is not None
    assert found.ahead == 5


def test_quotas_and_what_is_used_of_them(queue: Queue) -> None:
    windows = [(6, MINUTE), (150, HOUR)]

    def minutes(
        messages: int, priority: Priority = Priority.NORMAL, sent: tuple[int, ...] = ()
    ) -> float:
        capacity = sims(1, windows=windows, sent=sent)
        found = for_send(queue.connection, planned(messages, priority), NOW, capacity, OPEN)
        assert found.done_at is not None
        return (found.done_at - NOW) / MINUTE

    assert 2 <= minutes(18) < 3
    assert 60 <= minutes(151) < 62
    assert minutes(18, Priority.EMERGENCY) == 18 * 5 / 60, "an emergency knows no quotas"
    used_up = tuple(NOW - n * SECOND for n in range(150, 0, -1))
    assert 57 <= minutes(1, sent=used_up) < 60


class Nights:
    """Open from hour 8 to 21 of UTC."""

    def next(self, purpose: Purpose, at: int) -> int:
        day, within = at - at % (24 * HOUR), at % (24 * HOUR)
        if within < 8 * HOUR:
            return day + 8 * HOUR
        return at if within < 21 * HOUR else day + 32 * HOUR


def test_what_is_not_done_by_night_goes_on_in_the_morning(queue: Queue) -> None:
    evening = NOW - NOW % (24 * HOUR) + 20 * HOUR
    plan = Planned(1440, 1, "service", Priority.NORMAL, evening)
    found = for_send(queue.connection, plan, evening, sims(1), Nights())
    assert found.done_at is not None
    assert abs(found.done_at - (evening + 13 * HOUR)) <= 10 * MINUTE
    urgent = Planned(1440, 1, "service", Priority.URGENT, evening)
    found = for_send(queue.connection, urgent, evening, sims(1), Nights())
    assert found.done_at == evening + 2 * HOUR


limits = st.sampled_from([(), ((3, MINUTE),), ((2, MINUTE), (7, HOUR))])
lines = st.builds(
    Line,
    free_at=st.integers(NOW, NOW + MINUTE),
    part=st.integers(SECOND // 10, 20 * SECOND),
    gap=st.integers(0, 5 * SECOND),
    windows=limits,
)


@given(st.lists(lines, min_size=1, max_size=5), st.integers(1, 60), st.integers(1, 3))
@settings(max_examples=60)
def test_it_is_what_sims_with_these_ledgers_do(bank: list[Line], messages: int, parts: int) -> None:
    """The same work, run through with the ledgers that lanes keep."""
    ledgers = [
        Ledger(Quota(**{{MINUTE: "per_minute", HOUR: "per_hour"}[w]: n for n, w in line.windows}))
        for line in bank
    ]
    ready = [(ledgers[n].free_at(line.free_at), n) for n, line in enumerate(bank)]
    heapq.heapify(ready)
    last = 0
    for _ in range(messages):
        at, n = heapq.heappop(ready)
        ledgers[n].note(at, parts)
        through = at + parts * bank[n].part
        last = max(last, through)
        heapq.heappush(ready, (ledgers[n].free_at(through + bank[n].gap), n))
    found = done_at(bank, [], Work(messages, parts), NOW, lambda at: at)
    assert found == last


steady = st.builds(Line, free_at=st.just(NOW), part=st.integers(SECOND // 10, 20 * SECOND))


@given(st.lists(steady, min_size=1, max_size=4), st.integers(1, 40), st.integers(0, 40))
@settings(max_examples=40)
def test_more_ahead_is_never_sooner_and_another_sim_never_later(
    bank: list[Line], mine: int, ahead: int
) -> None:
    def when(lines: list[Line], before: int) -> int:
        found = done_at(lines, [Work(before)], Work(mine), NOW, lambda at: at)
        assert found is not None
        return found

    # By one message at most: the slowest SIM takes the last one in one case and not in the other.
    one = max(line.part for line in bank)
    assert when(bank, ahead) >= when(bank, 0) - one
    fast = Line(free_at=NOW, part=SECOND // 10)
    assert when([*bank, fast], ahead) <= when(bank, ahead) + one
    assert done_at([], [], Work(1), NOW, lambda at: at) is None


def test_many_are_counted_together() -> None:
    bank = [Line(free_at=NOW, part=SECOND)] * 8
    found = done_at(bank, [Work(100_000)], Work(100_000), NOW, lambda at: at)
    assert found is not None
    assert abs(found - NOW - 25_000 * SECOND) <= 200 * SECOND
