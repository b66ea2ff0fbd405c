"""An operator's verbs on what waits, and what a restore makes of the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from estate_sms.queue.batches import pause, resume
from estate_sms.queue.doubt import emergencies_in_doubt
from estate_sms.queue.errors import NotFoundError, StateConflictError
from estate_sms.queue.operate import cancel_message, prioritise
from estate_sms.queue.priorities import Priority
from estate_sms.queue.restored import after_restore
from estate_sms.store.clock import SECOND

if TYPE_CHECKING:
    from .conftest import Air, Queue


def test_one_message_is_stopped_and_the_rest_goes_on(queue: Queue, air: Air) -> None:
    batch = queue.accept(3)
    queue.run(lambda uow: cancel_message(uow, batch.messages[1], "key:k1", "moved out"))
    assert queue.states() == ["queued", "cancelled", "queued"]
    assert {e.reason for e in queue.events if e.action == "message.cancelled"} == {"moved out"}
    air.send(1)
    air.send(2)
    assert queue.value("SELECT state FROM batch") == "done"


def test_what_was_begun_is_not_stopped(queue: Queue, air: Air) -> None:
    batch = queue.accept(2, text="水" * 80, segments=2)
    air.send(1, None)
    assert queue.states()[0] == "queued"  # one part is out, the other waits
    with pytest.raises(StateConflictError):
        queue.run(lambda uow: cancel_message(uow, batch.messages[0], "cli"))
    air.take()
    with pytest.raises(StateConflictError, match="submitting"):
        queue.run(lambda uow: cancel_message(uow, batch.messages[0], "cli"))
    with pytest.raises(NotFoundError):
        queue.run(lambda uow: cancel_message(uow, "m0", "cli"))


def test_another_class_for_what_waits(queue: Queue, air: Air) -> None:
    first, second = queue.accept(2), queue.accept(2)
    air.take()
    moved = queue.run(lambda uow: prioritise(uow, first.public_id, Priority.BULK, "cli", "later"))
    assert moved == 1
    assert air.take().batch == second.public_id
    assert queue.value("SELECT DISTINCT priority FROM batch") == Priority.NORMAL
    (event,) = [e for e in queue.events if e.action == "batch.prioritised"]
    assert (event.reason, event.details["moved"]) == ("later", 1)


def test_a_restore_holds_what_waits_and_doubts_what_was_on_its_way(queue: Queue, air: Air) -> None:
    sending, paused, urgent = (
        queue.accept(3),
        queue.accept(1),
        queue.accept(1, purpose="emergency", priority=Priority.EMERGENCY),
    )
    queue.run(lambda uow: pause(uow, paused.public_id, "cli"))
    air.answer(air.take(), "timeout")  # the emergency
    air.send(7)
    air.take()
    restored = queue.run(lambda uow: after_restore(uow, "cli"))
    assert (restored.batches, restored.held, restored.in_doubt) == (3, 1, 1)
    assert queue.states() == ["submitted", "in_doubt", "held", "held", "in_doubt"]
    assert queue.rows("SELECT DISTINCT state FROM batch WHERE id <> ?", paused.id) == [("held",)]
    assert queue.value("SELECT count(*) FROM hold WHERE kind = 'restore'") == 3
    assert air.idle()
    # No clock sends the emergency again, and no single person the paused one.
    queue.now += 60 * SECOND
    assert queue.run(lambda uow: emergencies_in_doubt(uow, uow.now - 30 * SECOND)) == []
    assert queue.run(lambda uow: resume(uow, paused.public_id, "cli")) == "held"
    # A report that comes late still counts.
    air.report(7)
    assert queue.states()[0] == "delivered"
    assert {sending.public_id, urgent.public_id} <= {
        e.object for e in queue.events if e.action == "batch.held"
    }
