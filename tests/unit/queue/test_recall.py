"""Recall, from the queue to the last rung, and its races."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from estate_sms.queue.batch_queries import recall as recall_view
from estate_sms.queue.drafts import NewHold
from estate_sms.queue.due import expire_due
from estate_sms.queue.errors import NotFoundError, RecallError, StateConflictError
from estate_sms.queue.recall import SLICE, Ladder
from estate_sms.queue.recall_sending import COMMAND_WAIT
from estate_sms.queue.transmitter import Deletion, Outgoing

if TYPE_CHECKING:
    from .conftest import Air, Queue


A, B = "+8613800138000", "+8613800138001"
FIX = "更正：明晚八点停水"
LONG: dict[str, Any] = {"text": "停水" * 50, "segments": 2}


def ref(queue: Queue, n: int = 1) -> str:
    return str(queue.value("SELECT public_id FROM message WHERE id = ?", n))


def recall_state(queue: Queue) -> str:
    return str(queue.value("SELECT state FROM recall ORDER BY id DESC LIMIT 1"))


def code(air: Air, **changes: Any) -> str:
    with pytest.raises(RecallError) as caught:
        air.recall(**changes)
    return caught.value.code


def test_what_waits_is_cancelled_at_once(queue: Queue, air: Air) -> None:
    batch = queue.accept(3)
    started = air.recall(batch=batch.public_id, needs_second=True)
    assert started.state == "done"
    assert queue.states() == ["cancelled"] * 3
    assert queue.rows("SELECT DISTINCT cause FROM message") == [("recall",)]
    assert air.outcomes() == ["cancelled"] * 3
    assert air.steps() == [("queue", "cancelled")] * 3
    assert queue.rows("SELECT state FROM batch") == [("cancelled",)]
    actions = [event.action for event in queue.events]
    assert "recall.started" in actions
    assert "recall.done" in actions


def test_a_held_batch_can_be_recalled(queue: Queue, air: Air) -> None:
    batch = queue.accept(2, holds=[NewHold(kind="approval")])
    air.recall(batch=batch.public_id)
    assert queue.states() == ["cancelled"] * 2
    assert queue.value("SELECT count(*) FROM hold WHERE closed_at IS NULL") == 0


def test_one_message_of_a_batch(queue: Queue, air: Air) -> None:
    queue.accept(3)
    air.recall(message=ref(queue, 2))
    assert queue.states() == ["queued", "cancelled", "queued"]
    assert queue.rows("SELECT state FROM batch") == [("sending",)]


def test_the_unsent_rest_is_withheld(queue: Queue, air: Air) -> None:
    queue.accept(**LONG)
    air.send(5, "cms:42")
    air.recall(message=ref(queue), correction=FIX)
    assert air.outcomes() == ["stopped"]
    assert recall_state(queue) == "done"
    assert air.idle()
    assert queue.rows("SELECT evidence FROM recall_step") == [('{"withheld": "2", "of": 2}',)]


def test_recall_while_submitting_withholds_what_comes_back(queue: Queue, air: Air) -> None:
    queue.accept(**LONG)
    intent = air.take()
    started = air.recall(message=ref(queue))
    assert started.state == "running"
    assert air.ladder.stops(intent.message_id)
    air.answer(intent, 5, None)
    assert air.outcomes() == ["stopped"]
    assert queue.rows("SELECT state FROM part ORDER BY seq") == [("submitted",), ("recalled",)]
    assert air.idle()
    assert recall_state(queue) == "done"
    assert not air.ladder.stops(intent.message_id)


def test_recall_of_an_intent_that_was_not_begun(queue: Queue, air: Air) -> None:
    queue.accept()
    intent = air.take()
    air.recall(message=ref(queue), correction=FIX)
    air.answer(intent, None)
    assert (air.outcomes(), queue.states()) == (["cancelled"], ["cancelled"])
    assert air.idle()


def test_recall_while_submitting_that_is_accepted_goes_on(queue: Queue, air: Air) -> None:
    queue.accept()
    intent = air.take()
    air.recall(message=ref(queue), correction=FIX)
    air.answer(intent, 5)
    assert air.outcomes() == ["deletion_unsupported"]
    air.send(6)
    assert air.outcomes() == ["correction_sent"]


def test_the_command_is_pinned_and_its_proof_confirms(queue: Queue, air: Air) -> None:
    air.commanding.add(air.IMSI)
    queue.accept()
    air.send(42)
    air.recall(message=ref(queue), correction=FIX)
    assert air.outcomes() == ["pending"]
    assert air.idle("460009999999999")
    intent = air.take()
    assert isinstance(intent.task, Deletion)
    assert (intent.task.target_mr, intent.task.number) == (42, A)
    air.answer(intent, 43)
    assert air.outcomes() == ["deletion_requested"]
    air.report(43, 0x47)
    assert air.outcomes() == ["deletion_confirmed"]
    assert queue.states() == ["recalled", "delivered"]
    assert recall_state(queue) == "done"
    assert air.idle()


def test_proof_by_the_report_of_the_message_itself(queue: Queue, air: Air) -> None:
    air.commanding.add(air.IMSI)
    queue.accept()
    air.send(42)
    air.recall(message=ref(queue))
    air.send(43)
    air.report(42, 0x47)
    assert air.outcomes() == ["deletion_confirmed"]
    assert recall_state(queue) == "done"
    assert queue.rows("SELECT outcome, json_extract(evidence, '$.report') FROM recall_step") == [
        ("deletion_confirmed", "tp_st:47")
    ]


def test_every_part_needs_its_proof(queue: Queue, air: Air) -> None:
    air.commanding.add(air.IMSI)
    queue.accept(**LONG)
    air.send(10, 11)
    air.recall(message=ref(queue))
    air.send(12)
    air.send(13)
    air.report(12, 0x47)
    assert air.outcomes() == ["deletion_requested"]
    air.report(13, 0x47)
    assert air.outcomes() == ["deletion_confirmed"]


@pytest.mark.parametrize(
    ("answer", "word"),
    [("cms:304", "deletion_unsupported"), ("cms:160", "deletion_refused")],
)
def test_a_refused_command_is_followed_by_the_correction(
    queue: Queue, air: Air, answer: str, word: str
) -> None:
    air.commanding.add(air.IMSI)
    queue.accept()
    air.send(42)
    air.recall(message=ref(queue), correction=FIX)
    air.send(answer)
    assert air.outcomes() == [word]
    intent = air.take()
    assert isinstance(intent.task, Outgoing)
    assert (intent.task.text, intent.task.number) == (FIX, A)
    air.answer(intent, 44)
    assert air.outcomes() == ["correction_sent"]
    assert air.steps() == [("command", word), ("correction", "correction_sent")]


def test_a_refused_command_without_more_rungs_is_the_last_word(queue: Queue, air: Air) -> None:
    air.commanding.add(air.IMSI)
    queue.accept()
    air.send(42)
    air.recall(message=ref(queue))
    air.send(43)
    air.report(43, 0x49)
    assert air.outcomes() == ["deletion_refused"]
    assert recall_state(queue) == "done"


def test_a_command_nobody_answers(queue: Queue, air: Air) -> None:
    air.commanding.add(air.IMSI)
    queue.accept()
    air.send(42)
    air.recall(message=ref(queue), correction=FIX)
    air.send(43)
    queue.now += COMMAND_WAIT
    assert queue.run(lambda uow: expire_due(uow, air.ladder)) == 1
    assert air.outcomes() == ["deletion_requested"]
    air.send(44)
    assert air.outcomes() == ["correction_sent"]


def test_a_command_whose_sim_is_gone(queue: Queue, air: Air) -> None:
    air.commanding.add(air.IMSI)
    queue.accept()
    air.send(42)
    air.recall(message=ref(queue), correction=FIX)
    queue.now += COMMAND_WAIT
    queue.run(lambda uow: expire_due(uow, air.ladder))
    assert air.outcomes() == ["pending"]
    air.send(44, imsi="460009999999999")
    assert air.outcomes() == ["correction_sent"]


def test_delivered_while_the_command_waits(queue: Queue, air: Air) -> None:
    air.commanding.add(air.IMSI)
    queue.accept()
    air.send(42)
    air.recall(message=ref(queue))
    air.report(42)
    assert air.outcomes() == ["too_late"]
    assert queue.states() == ["delivered", "cancelled"]
    assert air.idle()
    assert recall_state(queue) == "done"


def test_delivered_while_the_command_is_out(queue: Queue, air: Air) -> None:
    air.commanding.add(air.IMSI)
    queue.accept()
    air.send(42)
    air.recall(message=ref(queue), correction=FIX)
    air.send(43)
    air.report(42)
    air.report(43, 0x49)
    air.send(44)
    assert air.outcomes() == ["correction_sent"]
    assert air.idle()


def test_recallable_is_replaced_by_the_same_sim_in_the_same_slot(queue: Queue, air: Air) -> None:
    queue.accept(recallable=True)
    first = air.send(42)
    air.report(42)
    air.recall(message=ref(queue))
    assert air.idle("460009999999999")
    intent = air.take()
    assert isinstance(intent.task, Outgoing)
    assert isinstance(first.task, Outgoing)
    assert intent.task.pid == first.task.pid != 0
    assert intent.task.text == "此消息已撤回。"
    air.answer(intent, 43)
    assert air.outcomes() == ["replacement_sent"]


def test_a_slot_taken_by_a_later_message_is_not_replaced(queue: Queue, air: Air) -> None:
    for _ in range(8):
        queue.accept(recallable=True)
        air.send(42)
        queue.now += 1
    air.recall(message=ref(queue, 1), correction=FIX)
    intent = air.take()
    assert isinstance(intent.task, Outgoing)
    assert intent.task.pid == 0


def test_a_long_correction_comes_after_the_replacement(queue: Queue, air: Air) -> None:
    queue.accept(recallable=True)
    air.send(42)
    air.report(42)
    air.recall(message=ref(queue), correction=FIX * 10)
    air.send(43)
    assert air.outcomes() == ["replacement_sent"]
    assert recall_state(queue) == "running"
    air.send(44, 45)
    assert air.outcomes() == ["correction_sent"]
    assert recall_state(queue) == "done"


def test_a_failed_replacement_is_followed_by_the_correction(queue: Queue, air: Air) -> None:
    queue.accept(recallable=True)
    air.send(42)
    air.report(42)
    air.recall(message=ref(queue), correction=FIX)
    air.send("cms:143")
    air.send(44)
    assert air.outcomes() == ["correction_sent"]


def test_correction_to_exactly_those_reached_or_in_doubt(queue: Queue, air: Air) -> None:
    batch = queue.accept(5)
    air.send(1)
    air.report(1)
    air.send(2)
    air.report(2, 0x43, recipient=B)
    air.send("timeout")
    air.send(4)
    air.recall(batch=batch.public_id, correction=FIX)
    sent: set[str] = set()
    for mr in range(10, 13):
        intent = air.take()
        assert isinstance(intent.task, Outgoing)
        sent.add(intent.task.number)
        air.answer(intent, mr)
    assert air.idle()
    assert sent == {A, "+8613800138002", "+8613800138003"}
    view = recall_view(queue.connection, queue.vault, queue.value("SELECT public_id FROM recall"))
    assert view is not None
    assert view.counts == {"correction_sent": 3, "cancelled": 1}
    assert view.not_reached == 1
    assert view.state == "done"
    assert queue.value("SELECT count(*) FROM batch WHERE kind = 'recall'") == 1


def test_a_correction_with_personal_data_is_kept_under_its_recipients_keys_alone(
    queue: Queue, air: Air
) -> None:
    batch = queue.accept(2)
    air.send(7)
    air.send(8)
    started = air.recall(batch=batch.public_id, correction=FIX, personal=True)
    assert queue.rows("SELECT correction FROM recall") == [(None,)]
    assert queue.rows("SELECT DISTINCT text FROM batch WHERE kind = 'recall'") == [(None,)]
    raw = repr(queue.rows("SELECT correction_sealed FROM recall_item")).encode()
    assert FIX.encode() not in raw
    for tp_mr in (9, 10):
        intent = air.send(tp_mr)
        assert isinstance(intent.task, Outgoing)
        assert intent.task.text == FIX
    assert air.outcomes() == ["correction_sent"] * 2
    view = recall_view(queue.connection, queue.vault, started.public_id)
    assert view is not None
    assert view.correction == FIX
    queue.run(lambda uow: queue.vault.shred(uow, 1))
    queue.run(lambda uow: queue.vault.shred(uow, 2))
    erased = recall_view(queue.connection, queue.vault, started.public_id)
    assert erased is not None
    assert erased.correction is None


def test_a_step_keeps_when_it_was_begun_and_when_it_ended(queue: Queue, air: Air) -> None:
    batch = queue.accept(2)
    air.send(7)
    started = air.recall(batch=batch.public_id, correction=FIX)
    begun = queue.now
    queue.now += 5_000_000
    air.send(8)
    view = recall_view(queue.connection, queue.vault, started.public_id)
    assert view is not None
    steps = {s.step: (s.at, s.ended_at) for item in view.items.items for s in item.steps}
    assert steps["queue"] == (begun, begun)
    assert steps["correction"] == (begun, begun + 5_000_000)


def test_delivered_without_anything_to_send_is_too_late(queue: Queue, air: Air) -> None:
    queue.accept()
    air.send(1)
    air.report(1)
    assert air.recall(message=ref(queue)).state == "done"
    assert air.outcomes() == ["too_late"]


def test_steps_that_send_wait_for_another_person(queue: Queue, air: Air) -> None:
    for n in (1, 2):
        queue.connection.execute(
            "INSERT INTO person VALUES (?, ?, ?, 0, NULL)", (n, f"p{n}", f"person {n}")
        )
    batch = queue.accept(2)
    air.send(1)
    started = air.recall(batch=batch.public_id, correction=FIX, needs_second=True, person=1)
    assert started.state == "waiting"
    assert queue.states() == ["submitted", "cancelled"]
    assert air.idle()
    approve = air.ladder.approve_steps
    with pytest.raises(sqlite3.IntegrityError):
        queue.run(lambda uow: approve(uow, started.public_id, actor="key:k1", person=1))
    queue.run(lambda uow: approve(uow, started.public_id, actor="key:k2", person=2))
    with pytest.raises(StateConflictError):
        queue.run(lambda uow: approve(uow, started.public_id, actor="key:k2", person=2))
    air.send(2)
    assert air.outcomes() == ["cancelled", "correction_sent"]
    view = recall_view(queue.connection, queue.vault, started.public_id)
    assert view is not None
    assert (view.approved_by, view.state) == ("p2", "done")


def test_a_no_stops_the_sending_and_only_that(queue: Queue, air: Air) -> None:
    batch = queue.accept(3)
    air.send(1)
    intent = air.take()
    started = air.recall(batch=batch.public_id, correction=FIX, needs_second=True)
    queue.run(lambda uow: air.ladder.reject_steps(uow, started.public_id, actor="key:k2", person=2))
    assert recall_state(queue) == "rejected"
    air.answer(intent, None)
    assert queue.states() == ["submitted", "cancelled", "cancelled"]
    assert sorted(air.outcomes()) == ["cancelled", "cancelled", "too_late"]
    assert ("queue", "declined") in air.steps()
    assert air.idle()


def test_recall_twice(queue: Queue, air: Air) -> None:
    batch = queue.accept(2)
    air.commanding.add(air.IMSI)
    air.send(1)
    running = air.recall(batch=batch.public_id)
    with pytest.raises(RecallError) as caught:
        air.recall(batch=batch.public_id)
    assert (caught.value.code, caught.value.recall) == ("already_running", running.public_id)
    assert code(air, message=ref(queue)) == "already_running"
    air.send(2)
    air.report(2, 0x47)
    assert code(air, batch=batch.public_id) == "already_recalled"
    assert code(air, message=ref(queue)) == "already_recalled"


def test_what_cannot_be_recalled(queue: Queue, air: Air) -> None:
    queue.accept()
    air.send(1)
    air.report(1, 0x43)
    assert code(air, message=ref(queue)) == "nothing_to_recall"
    with pytest.raises(NotFoundError):
        air.recall(message="mnone")
    with pytest.raises(NotFoundError):
        air.recall(batch="bnone")
    assert code(air) == "one_target"
    queue.accept()
    air.send(2)
    air.recall(message=ref(queue, 2), correction=FIX)
    assert code(air, message=ref(queue, 3)) == "is_recall"


def test_a_second_recall_can_still_correct(queue: Queue, air: Air) -> None:
    queue.accept()
    air.send(1)
    air.report(1)
    air.recall(message=ref(queue))
    air.recall(message=ref(queue), correction=FIX)
    air.send(2)
    assert air.outcomes() == ["too_late", "correction_sent"]


def test_in_doubt_waits_for_its_reference(queue: Queue, air: Air) -> None:
    air.commanding.add(air.IMSI)
    queue.accept()
    air.send("timeout")
    air.recall(message=ref(queue))
    assert air.outcomes() == ["pending"]
    air.report(42, 0x20)
    intent = air.take()
    assert isinstance(intent.task, Deletion)
    assert intent.task.target_mr == 42


def test_what_a_recall_sends_is_in_the_view(queue: Queue, air: Air) -> None:
    queue.accept()
    air.send(1)
    started = air.recall(message=ref(queue), correction=FIX)
    view = recall_view(queue.connection, queue.vault, started.public_id)
    assert view is not None
    (item,) = view.items.items
    assert (item.number, item.outcome) == (A, "deletion_unsupported")
    assert [(s.step, s.outcome, s.message) for s in item.steps] == [
        ("command", "deletion_unsupported", None),
        ("correction", "open", ref(queue, 2)),
    ]
    assert recall_view(queue.connection, queue.vault, "rnone") is None
    assert FIX not in repr(view)
    assert "138001" not in repr(view)


def test_a_large_recall_stops_at_once_and_sends_in_slices(queue: Queue, air: Air) -> None:
    total = 2 * SLICE + 10
    batch = queue.accept(total)
    for mr in range(total - 5):
        air.send(mr % 256)
    assert queue.run(air.ladder.go_on) is False
    assert not air.ladder.unfinished
    air.recall(batch=batch.public_id, correction=FIX)
    assert queue.value("SELECT count(*) FROM message WHERE state = 'cancelled'") == 5
    corrections = "SELECT count(*) FROM message WHERE kind = 'correction'"
    assert queue.value(corrections) == SLICE
    rounds = 0
    while air.ladder.unfinished:
        queue.run(air.ladder.go_on)
        rounds += 1
    assert queue.value(corrections) == total - 5
    assert rounds == 2


def test_what_a_crash_left_is_taken_up(queue: Queue, air: Air) -> None:
    total = SLICE + 20
    batch = queue.accept(total)
    for mr in range(total):
        air.send(mr % 256)
    air.recall(batch=batch.public_id, correction=FIX)
    reborn = Ladder(queue.vault, lambda imsi: False, lambda text: 1)
    while reborn.unfinished:
        queue.run(reborn.go_on)
    assert queue.value("SELECT count(*) FROM message WHERE kind = 'correction'") == total
