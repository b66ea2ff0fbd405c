"""Parts in doubt: never sent again blindly, but for emergencies, and those not for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from estate_sms.queue.doubt import RESENDS, close_unknown, emergencies_in_doubt, requeue
from estate_sms.queue.errors import NotFoundError, StateConflictError
from estate_sms.queue.priorities import Priority
from estate_sms.queue.transmitter import Outgoing
from estate_sms.store.clock import SECOND

if TYPE_CHECKING:
    from .conftest import Air, Queue


URGENT: dict[str, Any] = {"purpose": "emergency", "priority": Priority.EMERGENCY}


def ref(queue: Queue) -> str:
    return str(queue.value("SELECT public_id FROM message"))


def test_requeue_sends_again_and_remembers_the_attempt(queue: Queue, air: Air) -> None:
    queue.accept()
    first = air.send("timeout")
    assert air.idle()
    queue.run(lambda uow: requeue(uow, ref(queue), "key:k1", "asked by the resident"))
    event = queue.events[-1]
    assert (event.actor, event.reason) == ("key:k1", "asked by the resident")
    second = air.send(5, imsi="460009999999999")
    assert queue.states() == ["submitted"]
    assert queue.rows("SELECT resend_of FROM attempt ORDER BY id")[1] == (first.attempts[0],)
    assert second.message_id == first.message_id


def test_requeue_of_a_begun_long_message_keeps_its_sim(queue: Queue, air: Air) -> None:
    queue.accept(text="停水" * 50, segments=2)
    air.send(5, "timeout")
    queue.run(lambda uow: requeue(uow, ref(queue), "cli", "x"))
    assert air.idle("460009999999999")
    again = air.take()
    assert isinstance(again.task, Outgoing)
    assert again.task.seqs == (2,)


def test_close_unknown_and_a_late_report(queue: Queue, air: Air) -> None:
    queue.accept(text="停水" * 50, segments=2)
    air.send("timeout", None)
    queue.run(lambda uow: close_unknown(uow, ref(queue), "cli", "a week ago"))
    assert queue.rows("SELECT state, cause FROM message") == [("failed", "closed_unknown")]
    assert queue.rows("SELECT DISTINCT state FROM part") == [("failed",)]


def test_a_closed_message_can_still_turn_out_delivered(queue: Queue, air: Air) -> None:
    queue.accept()
    air.send("timeout")
    queue.run(lambda uow: close_unknown(uow, ref(queue), "cli", "x"))
    air.report(40)
    assert queue.states() == ["delivered"]


@pytest.mark.parametrize("verb", [requeue, close_unknown])
def test_only_what_is_in_doubt(queue: Queue, verb: Any) -> None:
    queue.accept()
    with pytest.raises(StateConflictError, match="queued"):
        queue.run(lambda uow: verb(uow, ref(queue), "cli", "x"))
    with pytest.raises(NotFoundError):
        queue.run(lambda uow: verb(uow, "mnone", "cli", "x"))


def test_emergencies_go_again_after_a_while_others_never(queue: Queue, air: Air) -> None:
    queue.accept(**URGENT)
    air.send("timeout")
    queue.accept()
    air.send("timeout")
    assert queue.run(lambda uow: emergencies_in_doubt(uow, uow.now - 30 * SECOND)) == []
    queue.now += 30 * SECOND
    assert queue.run(lambda uow: emergencies_in_doubt(uow, uow.now - 30 * SECOND)) == [1]
    assert queue.states() == ["queued", "in_doubt"]


def test_emergencies_do_not_go_again_for_ever(queue: Queue, air: Air) -> None:
    queue.accept(**URGENT)
    sent = 0
    while not air.idle():
        air.send("timeout")
        sent += 1
        queue.now += 31 * SECOND
        queue.run(lambda uow: emergencies_in_doubt(uow, uow.now - 30 * SECOND))
    assert sent == RESENDS + 1
    assert queue.states() == ["in_doubt"]


def test_a_recalled_message_is_not_sent_again(queue: Queue, air: Air) -> None:
    batch = queue.accept(**URGENT)
    air.send("timeout")
    air.recall(batch=batch.public_id)
    queue.now += 31 * SECOND
    assert queue.run(lambda uow: emergencies_in_doubt(uow, uow.now)) == []
    with pytest.raises(StateConflictError, match="recall"):
        queue.run(lambda uow: requeue(uow, ref(queue), "cli", "x"))
