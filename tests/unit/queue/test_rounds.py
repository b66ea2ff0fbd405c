"""Who goes when: batches of one class take turns, a recipient's messages keep their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from estate_sms.queue.due import promote_due
from estate_sms.queue.priorities import Priority
from estate_sms.queue.rounds import NEWCOMERS
from estate_sms.store.clock import SECOND

from .conftest import Air

if TYPE_CHECKING:
    from .conftest import Queue

OTHER = "460009999999999"


def _batches(queue: Queue, air: Air, turns: int) -> list[int]:
    """Which batch each of the next messages is of."""
    sql = "SELECT batch_id FROM message WHERE id = ?"
    return [queue.value(sql, air.send(1).message_id) for _ in range(turns)]


def test_a_small_batch_does_not_wait_for_a_large_one(queue: Queue, air: Air) -> None:
    queue.accept(300)
    assert _batches(queue, air, 20) == [1] * 20
    queue.accept(5)
    taken = _batches(queue, air, 12)
    assert taken.count(2) == 5
    assert taken[:3] in ([1, 1, 2], [1, 2, 1])


def test_newcomers_without_end_do_not_starve_a_large_batch(queue: Queue, air: Air) -> None:
    queue.accept(300)
    for _ in range(3 * NEWCOMERS):
        queue.accept(1)
    taken: list[int] = []
    for _ in range(2 * NEWCOMERS):
        taken += _batches(queue, air, 1)
        queue.accept(1)
        queue.accept(1)
    assert taken.count(1) >= 2
    others = [batch for batch in taken if batch != 1]
    assert others == sorted(others), "first in, first out"


def test_one_batch_goes_in_its_order(queue: Queue, air: Air) -> None:
    batch = queue.accept(30)
    assert [air.send(1).message_id for _ in range(30)] == list(batch.message_ids)


def test_a_large_batch_whose_hour_comes_joins_behind_what_is_being_sent(
    queue: Queue, air: Air
) -> None:
    queue.accept(600, not_before=queue.now + 60 * SECOND)
    queue.accept(200)
    _batches(queue, air, 100)
    queue.now += 61 * SECOND
    while queue.run(promote_due):
        pass
    taken = _batches(queue, air, 40)
    assert 18 <= taken.count(1) <= 22
    order = [i for (i,) in queue.rows("SELECT id FROM message WHERE batch_id = 1 ORDER BY rank")]
    assert order == sorted(order)


def test_a_recipients_messages_keep_their_order(queue: Queue, air: Air) -> None:
    queue.accept(1, text="一")
    queue.accept(1, text="二")
    first = air.take()
    assert air.idle(OTHER), "the second must not overtake the first on another SIM"
    air.answer(first, 1)
    assert air.take(OTHER).message_id == 2


def test_also_while_the_first_waits_for_another_try(queue: Queue, air: Air) -> None:
    queue.accept(1)
    queue.accept(2)
    air.send("cms:38")
    assert queue.states()[0] == "scheduled"
    # Another recipient is not held up.
    assert air.take(OTHER).message_id == 3
    assert air.idle(OTHER)
    queue.now += 3600 * SECOND
    queue.run(promote_due)
    air.answer(again := air.take(), 2)
    assert again.message_id == 1
    assert air.take().message_id == 2


@pytest.mark.parametrize("end", ["timeout", "cms:195"])
def test_one_that_ends_otherwise_lets_the_next_go(queue: Queue, air: Air, end: str) -> None:
    queue.accept(1)
    queue.accept(1)
    first = air.take()
    assert air.idle(OTHER)
    air.answer(first, end)
    assert air.take(OTHER).message_id == 2


def test_an_emergency_waits_for_no_lower_message(queue: Queue, air: Air) -> None:
    queue.accept(1)
    air.take()
    queue.accept(1, priority=Priority.EMERGENCY, purpose="emergency")
    assert air.take(OTHER).priority == 0


def test_a_deadline_goes_first_when_the_queue_is_long(queue: Queue, air: Air) -> None:
    queue.accept(50)
    queue.now += 600 * SECOND
    queue.accept(1, valid_until=queue.now + 300 * SECOND)
    assert air.take().message_id == 51


def test_the_rows_looked_at_do_not_grow_with_the_backlog(make_queue: Any) -> None:
    """A claim's work, in steps of SQLite's machine, behind 200 and behind 4,000 messages."""
    steps: list[int] = []
    for backlog in (200, 4_000):
        queue = make_queue()
        try:
            queue.accept(backlog)
            steps.append(_work(queue))
        finally:
            queue.close()
    assert steps[1] <= 1.2 * steps[0]


def _work(queue: Queue) -> int:
    air, n = Air(queue), 0

    def tick() -> int:
        nonlocal n
        n += 1
        return 0

    queue.connection.set_progress_handler(tick, 1)
    air.take()
    queue.connection.set_progress_handler(None, 0)
    return n
