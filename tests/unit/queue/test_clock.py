"""Our time was moved: what was noted by the wrong one still fits what is said by the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from estate_sms.queue.clock import moved, newest_attempt
from estate_sms.queue.ledger import Ledger, Quota
from estate_sms.queue.pace import Pace
from estate_sms.queue.transmitter import PartResult
from estate_sms.store.clock import SECOND

if TYPE_CHECKING:
    from .conftest import Air, Queue

DAY = 86_400 * SECOND


def test_a_report_ends_a_doubt_of_before_the_clock_was_set(queue: Queue, air: Air) -> None:
    queue.accept()
    since, begun = queue.now, newest_attempt(queue.connection)
    air.send("timeout")
    assert queue.states() == ["in_doubt"]
    queue.now += 9 * DAY
    queue.run(lambda uow: moved(uow, 9 * DAY, begun, since))
    assert air.report(17, 0x00), "it fits only because the attempt was moved along"
    assert queue.states() == ["delivered"]


def test_what_was_noted_by_the_right_time_stays(queue: Queue, air: Air) -> None:
    queue.accept()
    air.send(1)
    begun, since = newest_attempt(queue.connection), queue.now + SECOND
    before = queue.rows("SELECT intent_at FROM attempt")
    queue.now += 9 * DAY
    queue.run(lambda uow: moved(uow, 9 * DAY, begun, since))
    assert queue.rows("SELECT intent_at FROM attempt") == before


def test_a_retry_is_not_put_off_by_a_jump_back(queue: Queue, air: Air) -> None:
    queue.now += 400 * DAY
    queue.accept()
    since = queue.now
    air.send(1)
    air.report(1, 0x60)
    assert queue.states() == ["scheduled"]
    queue.now -= 400 * DAY
    queue.run(lambda uow: moved(uow, -400 * DAY, 0, since))
    assert queue.value("SELECT not_before FROM message") < queue.now + DAY


def test_a_sim_rests_as_long_as_it_would_have() -> None:
    ledger, now = Ledger(Quota(per_hour=1)), 1_000 * DAY
    ledger.note(now)
    free = ledger.free_at(now) - now
    ledger.clock_moved(-900 * DAY)
    assert ledger.free_at(now - 900 * DAY) - (now - 900 * DAY) == free
    pace = Pace()
    pace.note([PartResult(attempt=1, outcome="refused", cause="cms:38", answered_at=now)], now)
    gap = pace.free_at(now) - now
    pace.clock_moved(900 * DAY)
    assert pace.free_at(now + 900 * DAY) - (now + 900 * DAY) == gap
