"""Verbs on batches: what waits stops, what is on the air goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from estate_sms.queue.batch_queries import progress
from estate_sms.queue.batches import cancel, counts, pause, reject, resume, return_
from estate_sms.queue.drafts import NewHold
from estate_sms.queue.errors import NotFoundError, StateConflictError
from estate_sms.queue.states import BatchState

if TYPE_CHECKING:
    from .conftest import Air, Queue


HOLD: dict[str, Any] = {"holds": [NewHold(kind="approval")]}


def state(queue: Queue, batch: Any) -> str:
    return str(queue.value("SELECT state FROM batch WHERE id = ?", batch.id))


def test_cancel_stops_what_waits(queue: Queue, air: Air) -> None:
    batch = queue.accept(3)
    air.send(1)
    assert queue.run(lambda uow: cancel(uow, batch.public_id, "key:k1", "wrong day")) == 2
    assert counts(queue.connection, batch.public_id) == {"submitted": 1, "cancelled": 2}
    assert queue.rows("SELECT DISTINCT cause FROM message WHERE state = 'cancelled'") == [
        ("cancelled",)
    ]
    assert state(queue, batch) == "cancelled"
    assert air.idle()
    assert {e.actor for e in queue.events if e.action.startswith("batch.cancel")} == {"key:k1"}
    with pytest.raises(StateConflictError, match="cancelled"):
        queue.run(lambda uow: cancel(uow, batch.public_id, "cli"))


def test_cancel_holds_for_what_a_modem_gives_back(queue: Queue, air: Air) -> None:
    batch = queue.accept()
    intent = air.take()
    queue.run(lambda uow: cancel(uow, batch.public_id, "cli"))
    air.answer(intent, None)
    assert air.idle()
    assert queue.states() in (["queued"], ["cancelled"])


@pytest.mark.parametrize(
    ("verb", "message", "cause", "ended"),
    [(return_, "cancelled", "returned", "returned"), (reject, "rejected", "rejected", "rejected")],
)
def test_a_held_batch_ends(queue: Queue, verb: Any, message: str, cause: str, ended: str) -> None:
    batch = queue.accept(2, **HOLD)
    assert queue.run(lambda uow: verb(uow, batch.public_id, "key:k2", "spelling")) == 2
    assert queue.rows("SELECT DISTINCT state, cause FROM message") == [(message, cause)]
    assert state(queue, batch) == ended
    assert queue.value("SELECT count(*) FROM hold WHERE closed_at IS NULL") == 0


@pytest.mark.parametrize("verb", [return_, reject])
def test_only_a_held_batch_is_decided(queue: Queue, verb: Any) -> None:
    batch = queue.accept()
    with pytest.raises(StateConflictError, match="sending"):
        queue.run(lambda uow: verb(uow, batch.public_id, "cli", "x"))


@pytest.mark.parametrize("verb", [cancel, pause, resume])
def test_unknown_batch(queue: Queue, verb: Any) -> None:
    with pytest.raises(NotFoundError):
        queue.run(lambda uow: verb(uow, "bnone", "cli"))


def test_pause_keeps_back_and_resume_lets_go(queue: Queue, air: Air) -> None:
    batch = queue.accept(3)
    air.send(1)
    assert queue.run(lambda uow: pause(uow, batch.public_id, "cli", "rain")) == 2
    assert (state(queue, batch), queue.states()) == ("paused", ["submitted", "held", "held"])
    assert air.idle()
    with pytest.raises(StateConflictError):
        queue.run(lambda uow: pause(uow, batch.public_id, "cli"))
    resumed = queue.run(lambda uow: resume(uow, batch.public_id, "cli"))
    assert resumed is BatchState.SENDING
    assert queue.states() == ["submitted", "queued", "queued"]
    with pytest.raises(StateConflictError):
        queue.run(lambda uow: resume(uow, batch.public_id, "cli"))


def test_a_message_that_was_begun_goes_on_through_a_pause(queue: Queue, air: Air) -> None:
    batch = queue.accept(text="停水" * 50, segments=2)
    air.send(1, "cms:38")
    assert queue.run(lambda uow: pause(uow, batch.public_id, "cli")) == 0
    assert queue.states() == ["scheduled"]


def test_resume_waits_for_another_hold(queue: Queue) -> None:
    batch = queue.accept()
    queue.run(lambda uow: pause(uow, batch.public_id, "cli"))
    queue.run(
        lambda uow: uow.execute(
            "INSERT INTO hold (batch_id, kind, opened_at) VALUES (?, 'restore', 1)", (batch.id,)
        )
    )
    assert queue.run(lambda uow: resume(uow, batch.public_id, "cli")) is BatchState.HELD
    assert queue.states() == ["held"]


def test_progress() -> None:
    assert progress({}) == 1.0
    assert progress({"queued": 3, "delivered": 1}) == 0.25
    assert progress({"submitted": 1, "in_doubt": 1}) == 0.5
