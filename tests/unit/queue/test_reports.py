"""Status reports: duplicates, TP-MR wrap, late and early ones, and what ends a doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from estate_sms.queue.doubt import emergencies_in_doubt
from estate_sms.queue.priorities import Priority
from estate_sms.queue.reports import take_reference
from estate_sms.store.clock import SECOND

if TYPE_CHECKING:
    from .conftest import Air, Queue


A, B = "+8613800138000", "+8613800138001"
LONG: dict[str, Any] = {"text": "停水" * 50, "segments": 2}


@pytest.mark.parametrize(
    ("tp_st", "state", "cause", "outcome"),
    [
        (0x00, "delivered", None, "delivered"),
        (0x01, "delivered", "tp_st:01", "delivered"),
        (0x02, "undeliverable", "tp_st:02", "superseded"),
        (0x20, "submitted", None, "accepted"),
        (0x43, "undeliverable", "tp_st:43", "undeliverable"),
        (0x46, "expired", "tp_st:46", "undeliverable"),
        (0x47, "recalled", "tp_st:47", "undeliverable"),
        (0x60, "scheduled", "retry", "undeliverable"),
        (0x90, "submitted", None, "accepted"),
    ],
)
def test_tp_st_decides(
    queue: Queue, air: Air, tp_st: int, state: str, cause: str | None, outcome: str
) -> None:

    queue.accept()
    air.send(17)
    assert air.report(17, tp_st)
    assert queue.rows("SELECT state, cause FROM message") == [(state, cause)]
    assert queue.rows("SELECT outcome FROM attempt") == [(outcome,)]
    assert queue.rows("SELECT tp_st, attempt_id FROM status_report") == [(tp_st, 1)]


def test_a_duplicate_is_dropped(queue: Queue, air: Air) -> None:
    queue.accept()
    air.send(17)
    assert air.report(17, 0x20)
    assert not air.report(17, 0x20)
    assert queue.value("SELECT count(*) FROM status_report") == 1


def test_a_message_is_delivered_when_every_part_is(queue: Queue, air: Air) -> None:
    queue.accept(**LONG)
    air.send(254, 255)
    air.report(255)
    assert queue.states() == ["submitted"]
    air.report(254)
    assert queue.states() == ["delivered"]


def test_the_same_reference_for_another_number_or_sim_is_not_it(queue: Queue, air: Air) -> None:
    queue.accept(2)
    air.send(9)
    air.send(9, imsi="460009999999999")
    air.report(9, recipient=B, imsi="460009999999999")
    assert queue.states() == ["submitted", "delivered"]
    air.report(9, recipient="+8613800138777")
    assert queue.states() == ["submitted", "delivered"]
    air.report(9, recipient=A)
    assert queue.states() == ["delivered", "delivered"]


def test_the_reference_wraps_and_each_report_finds_its_own(queue: Queue, air: Air) -> None:
    queue.accept()
    first = queue.now
    air.send(9)
    queue.now += 3600 * SECOND
    queue.accept()
    air.send(9)
    air.report(9, smsc_at=first)
    assert queue.states() == ["delivered", "submitted"]
    air.report(9)
    assert queue.states() == ["delivered", "delivered"]


def test_two_reports_of_one_message_stay_with_it(queue: Queue, air: Air) -> None:
    """A later one must not fall to the next message that got the same TP-MR."""
    queue.accept()
    first = queue.now
    air.send(9)
    air.report(9, 0x43, smsc_at=first)
    queue.now += 3600 * SECOND
    queue.accept()
    air.send(9)
    air.report(9, 0x00, smsc_at=first)
    assert queue.states() == ["delivered", "submitted"]


def test_a_national_number_is_recognised_by_its_end(queue: Queue, air: Air) -> None:
    queue.accept(2)
    air.send(9)
    air.send(9)
    air.report(9, recipient="13800138001")
    assert queue.states() == ["submitted", "delivered"]


@pytest.mark.parametrize("tp_st", [0x43, 0x46])
def test_a_late_success_counts(queue: Queue, air: Air, tp_st: int) -> None:
    queue.accept()
    at = queue.now
    air.send(9)
    air.report(9, tp_st, smsc_at=at)
    queue.now += 60 * SECOND
    air.report(9, 0x00, smsc_at=at)
    assert queue.states() == ["delivered"]


def test_a_report_that_comes_before_the_acceptance_waits_for_it(queue: Queue, air: Air) -> None:
    queue.accept()
    intent = air.take()
    air.report(40)
    assert queue.states() == ["submitting"]
    assert queue.rows("SELECT attempt_id FROM status_report") == [(None,)]
    air.answer(intent, 40)
    assert queue.states() == ["delivered"]
    assert queue.value("SELECT attempt_id FROM status_report") == intent.attempts[0]


def test_a_report_ends_a_doubt(queue: Queue, air: Air) -> None:
    queue.accept()
    air.send("timeout")
    assert queue.states() == ["in_doubt"]
    air.report(40, 0x20)
    assert queue.rows("SELECT state, tp_mr FROM part") == [("submitted", 40)]
    air.report(40)
    assert queue.states() == ["delivered"]


def test_a_report_that_came_before_the_time_out_ends_the_doubt(queue: Queue, air: Air) -> None:
    """The answer is lost, the report is not: it came while the modem was still waited for."""
    queue.accept()
    intent = air.take()
    air.report(40)
    assert queue.states() == ["submitting"]
    air.answer(intent, "timeout")
    assert queue.states() == ["delivered"]


def test_two_candidates_stay_in_doubt(queue: Queue, air: Air) -> None:
    queue.accept()
    air.send("timeout")
    queue.accept()
    air.send("timeout")
    air.report(40)
    assert queue.states() == ["in_doubt", "in_doubt"]


def test_a_report_older_than_the_intent_ends_no_doubt(queue: Queue, air: Air) -> None:
    queue.accept()
    air.send("timeout")
    air.report(40, smsc_at=queue.now - 5 * SECOND)
    assert queue.states() == ["in_doubt"]


def test_an_early_report_is_not_mistaken_for_one_of_a_doubt(queue: Queue, air: Air) -> None:
    queue.accept()
    air.send("timeout")
    queue.accept()
    intent = air.take()
    air.report(41)
    assert queue.states() == ["in_doubt", "submitting"]
    air.answer(intent, 41)
    assert queue.states() == ["in_doubt", "delivered"]


def test_a_waiting_report_of_a_doubt_is_tried_again(queue: Queue, air: Air) -> None:
    queue.accept()
    air.send("timeout")
    queue.accept()
    intent = air.take()
    air.report(40)
    air.answer(intent, 41)
    assert queue.states() == ["delivered", "submitted"]


def test_late_reference(queue: Queue, air: Air) -> None:
    queue.accept()
    intent = air.send("timeout")
    assert queue.run(lambda uow: take_reference(uow, air.ladder, intent.attempts[0], 77))
    assert queue.rows("SELECT state, tp_mr FROM part") == [("submitted", 77)]
    air.report(77)
    assert queue.states() == ["delivered"]


def test_late_reference_before_the_outcome_is_asked_again(queue: Queue, air: Air) -> None:
    queue.accept()
    intent = air.take()
    assert not queue.run(lambda uow: take_reference(uow, air.ladder, intent.attempts[0], 77))
    assert queue.states() == ["submitting"]


def test_late_reference_lets_the_rest_of_a_long_message_go_by_the_same_sim(
    queue: Queue, air: Air
) -> None:
    queue.accept(**LONG)
    intent = air.send("timeout", None)
    assert queue.states() == ["in_doubt"]
    assert air.idle()
    queue.run(lambda uow: take_reference(uow, air.ladder, intent.attempts[0], 77))
    assert queue.states() == ["queued"]
    assert air.idle("460009999999999")
    air.send(78)
    assert queue.states() == ["submitted"]


def test_success_of_an_earlier_attempt_counts(queue: Queue, air: Air) -> None:
    queue.accept(purpose="emergency", priority=Priority.EMERGENCY)
    first = queue.now
    air.send("timeout")
    queue.now += 31 * SECOND
    queue.run(_again)
    air.send(50)
    assert queue.states() == ["submitted"]
    air.report(49, smsc_at=first)
    assert queue.states() == ["delivered"]


def test_success_of_an_earlier_attempt_while_it_is_sent_again(queue: Queue, air: Air) -> None:
    queue.accept(purpose="emergency", priority=Priority.EMERGENCY)
    first = queue.now
    air.send("timeout")
    queue.now += 31 * SECOND
    queue.run(_again)
    intent = air.take()
    air.report(49, smsc_at=first)
    air.answer(intent, 50)
    assert queue.states() == ["delivered"]


def test_failure_of_an_earlier_attempt_does_not(queue: Queue, air: Air) -> None:
    queue.accept(purpose="emergency", priority=Priority.EMERGENCY)
    first = queue.now
    intent = air.send("timeout")
    queue.now += 31 * SECOND
    queue.run(_again)
    air.send(50)
    queue.run(lambda uow: take_reference(uow, air.ladder, intent.attempts[0], 49))
    air.report(49, 0x43, smsc_at=first)
    assert queue.states() == ["submitted"]


def _again(uow: Any) -> None:
    assert emergencies_in_doubt(uow, uow.now)
