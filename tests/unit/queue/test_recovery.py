from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from estate_sms.queue.claim import Claimer
from estate_sms.queue.due import LATE_REPORT, chores, expire_due, promote_due
from estate_sms.queue.hours import AlwaysOpen
from estate_sms.queue.intents import Intent, Sim
from estate_sms.queue.outcomes import record
from estate_sms.queue.priorities import Priority
from estate_sms.queue.recovery import Recovered, recover
from estate_sms.queue.ring_format import Remains
from estate_sms.queue.states import PartState
from estate_sms.queue.transitions import move_message
from estate_sms.queue.transmitter import Outgoing, PartResult
from estate_sms.store.clock import SECOND

if TYPE_CHECKING:
    from .conftest import Queue


SIM = Sim("A1", "460001111111111", True)


def take(queue: Queue, sim: Sim = SIM) -> Intent:
    claimer = Claimer(queue.vault, AlwaysOpen())
    intent = queue.run(lambda uow: claimer.claim(uow, sim, "any")).intent
    assert intent is not None
    return intent


def parts(queue: Queue) -> list[str]:
    return [s for (s,) in queue.rows("SELECT state FROM part ORDER BY id")]


@pytest.mark.parametrize(
    ("trust", "entry", "state", "outcome"),
    [
        (True, {1: 200}, "submitted", "accepted"),
        (False, {1: 200}, "submitted", "accepted"),
        (True, {1: None}, "in_doubt", "unknown"),
        (False, {1: None}, "in_doubt", "unknown"),
        (True, {}, "queued", "unsent"),
        (False, {}, "in_doubt", "unknown"),
    ],
)
def test_what_the_ring_says(
    queue: Queue, trust: bool, entry: dict[int, int | None], state: str, outcome: str
) -> None:
    queue.accept(1)
    take(queue)
    recovered = queue.run(lambda uow: recover(uow, Remains(trust, entry)))
    assert queue.states() == [state]
    assert queue.rows("SELECT outcome, tp_mr FROM attempt") == [(outcome, entry.get(1))]
    assert sum((recovered.submitted, recovered.unsent, recovered.in_doubt)) == 1
    assert queue.events[-1].action == "queue.recovered"


def test_twice_does_nothing_more(queue: Queue) -> None:
    queue.accept(2)
    take(queue)
    queue.run(lambda uow: recover(uow, Remains()))
    told = len(queue.events)
    assert queue.run(lambda uow: recover(uow, Remains(True, {}))) == Recovered()
    assert len(queue.events) == told
    assert queue.states() == ["in_doubt", "queued"]


def test_a_message_cut_in_the_middle_goes_on_by_the_same_sim(queue: Queue) -> None:
    queue.accept(1, segments=3)
    first = take(queue)
    queue.run(lambda uow: recover(uow, Remains(True, {first.attempts[0]: 9})))
    assert parts(queue) == ["submitted", "queued", "queued"]
    assert queue.value("SELECT imsi FROM message") == SIM.imsi
    again = take(queue)
    assert isinstance(again.task, Outgoing)
    assert isinstance(first.task, Outgoing)
    assert again.task.seqs == (2, 3)
    assert again.task.concat_ref == first.task.concat_ref


def test_the_rest_of_a_message_in_doubt_stays(queue: Queue) -> None:
    queue.accept(1, segments=2)
    first = take(queue)
    queue.run(lambda uow: recover(uow, Remains(True, {first.attempts[0]: None})))
    assert parts(queue) == ["in_doubt", "queued"]
    assert queue.states() == ["in_doubt"]
    assert queue.value("SELECT imsi FROM message") == SIM.imsi


def test_a_part_without_an_attempt_is_in_doubt(queue: Queue) -> None:
    queue.accept(1)
    queue.run(lambda uow: move_message(uow, 1, PartState.SUBMITTING))
    assert queue.run(lambda uow: recover(uow, Remains(True, {}))).in_doubt == 1
    assert queue.states() == ["in_doubt"]


def test_batches_are_closed(queue: Queue) -> None:
    queue.accept(1)
    take(queue)
    queue.run(lambda uow: recover(uow, Remains(True, {1: 3})))
    assert queue.value("SELECT state FROM batch") == "done"


# -- what time moves --------------------------------------------------------------------------


def test_scheduled_messages_come_due_in_slices(queue: Queue) -> None:
    at = queue.now + 60 * SECOND
    queue.accept(5, not_before=at)
    assert not chores(queue.connection, queue.now).due
    assert queue.run(promote_due) == 0
    queue.now = at
    assert chores(queue.connection, queue.now).due
    assert queue.run(lambda uow: promote_due(uow, 3)) == 3
    assert sorted(queue.states()) == ["queued"] * 3 + ["scheduled"] * 2
    assert queue.value("SELECT state FROM batch") == "sending"
    assert queue.run(promote_due) == 2
    todo = chores(queue.connection, queue.now)
    assert not todo.due
    assert todo.queued


def test_waiting_messages_expire_with_their_validity(queue: Queue) -> None:
    queue.accept(2, valid_until=queue.now + SECOND)
    queue.accept(1)
    assert queue.run(expire_due) == 0
    queue.now += SECOND
    assert chores(queue.connection, queue.now).expired
    assert queue.run(expire_due) == 2
    assert queue.states() == ["expired", "expired", "queued"]
    assert queue.rows("SELECT state FROM batch ORDER BY id") == [("done",), ("sending",)]


@pytest.mark.parametrize("outcome", ["accepted", "unknown"])
def test_what_the_smsc_may_have_waits_for_a_late_report(queue: Queue, outcome: Any) -> None:
    queue.accept(1, valid_until=queue.now + SECOND)
    attempt = take(queue).attempts[0]
    mr = 4 if outcome == "accepted" else None
    result = PartResult(attempt=attempt, outcome=outcome, tp_mr=mr, answered_at=queue.now)
    queue.run(lambda uow: record(uow, [result]))
    queue.now += SECOND + LATE_REPORT - 1
    assert not chores(queue.connection, queue.now).expired
    queue.now += 1
    assert queue.run(expire_due) == 1
    assert queue.rows("SELECT state, cause FROM message") == [("expired", "no_report")]


def test_an_emergency_in_doubt_is_noticed(queue: Queue) -> None:
    queue.accept(1, priority=Priority.EMERGENCY, purpose="emergency")
    take(queue)
    queue.run(lambda uow: recover(uow, Remains()))
    assert not chores(queue.connection, queue.now + 29 * SECOND).doubtful
    assert chores(queue.connection, queue.now + 30 * SECOND).doubtful
