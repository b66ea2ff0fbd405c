"""Retries go where the evidence points: another SIM, another operator, later, or nowhere."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from estate_sms.queue.alike import mark_begun
from estate_sms.queue.due import promote_due
from estate_sms.queue.evidence.cms import CMS, cms
from estate_sms.queue.evidence.kinds import Kind
from estate_sms.queue.evidence.tp_st import tp_st
from estate_sms.queue.outcomes import record
from estate_sms.queue.plan.retry import BUDGET, after_giving_up, after_refusal, after_unsent
from estate_sms.queue.states import PartState
from estate_sms.queue.tp_status import ends_in, tp_kind
from estate_sms.queue.transmitter import PartResult
from estate_sms.store.clock import SECOND

if TYPE_CHECKING:
    from .conftest import Air, Queue

SAME = "460001111111111"
"""Another SIM of the same operator."""
OTHER = "460112222222222"
"""A SIM of another operator."""
HOUR = 3600 * SECOND


def _later(queue: Queue, seconds: int = 3600) -> None:
    queue.now += seconds * SECOND
    queue.run(promote_due)


def test_another_sim_takes_what_one_was_refused(queue: Queue, air: Air) -> None:
    air.present(air.IMSI, SAME)
    queue.accept(1)
    air.send("cms:38")
    _later(queue, 31)
    assert air.idle()
    assert air.take(SAME).message_id == 1


def test_alone_it_is_tried_by_the_same_sim(queue: Queue, air: Air) -> None:
    air.present(air.IMSI)
    queue.accept(1)
    air.send("cms:38")
    _later(queue, 31)
    assert air.take().message_id == 1


def test_after_a_while_the_same_sim_may(queue: Queue, air: Air) -> None:
    air.present(air.IMSI, SAME)
    queue.accept(1)
    air.send("cms:38")
    _later(queue, 31)
    assert air.idle()
    queue.now += 61 * SECOND
    assert air.take().message_id == 1


def test_another_operator_the_second_time(queue: Queue, air: Air) -> None:
    air.present(air.IMSI, SAME, OTHER)
    queue.accept(1)
    air.send("cms:38")
    _later(queue, 31)
    air.send("cms:38", imsi=SAME)
    _later(queue, 121)
    assert air.idle()
    assert air.idle(SAME)
    assert air.take(OTHER).message_id == 1


def test_one_number_holds_up_no_other(queue: Queue, air: Air) -> None:
    queue.accept(3)
    air.send("cms:42")
    assert [air.send(mr).message_id for mr in (1, 2)] == [2, 3]


def test_a_message_given_up_for_now_goes_again_within_its_budget(queue: Queue, air: Air) -> None:
    queue.accept(1)
    for mr in range(BUDGET):
        air.send(mr)
        air.report(mr, 0x62)
        if mr < BUDGET - 1:
            assert queue.states() == ["scheduled"]
            _later(queue)
    assert queue.rows("SELECT state, cause FROM message") == [("undeliverable", "tp_st:62")]
    assert queue.value("SELECT state FROM batch") == "done"
    air.report(0, 0, smsc_at=queue.now - 2 * HOUR)


def test_not_beyond_its_validity_nor_when_recalled(queue: Queue, air: Air) -> None:
    queue.accept(1, valid_until=queue.now + 200 * SECOND)
    air.send(7)
    air.report(7, 0x60)
    assert queue.states() == ["undeliverable"]


def test_a_lasting_report_is_not_tried_again(queue: Queue, air: Air) -> None:
    queue.accept(1)
    air.send(7)
    air.report(7, 0x43)
    assert queue.states() == ["undeliverable"]


def test_only_the_part_that_was_given_up_goes_again(queue: Queue, air: Air) -> None:
    air.present(air.IMSI, OTHER)
    queue.accept(1, segments=2)
    air.send(7, 8)
    air.report(7)
    air.report(8, 0x61)
    _later(queue)
    assert air.idle(OTHER)
    again = air.take()
    assert len(again.attempts) == 1


def test_poison_is_set_aside_with_an_alarm(queue: Queue, air: Air) -> None:
    air.present(air.IMSI, SAME)
    queue.accept(2)
    for turn in range(4):
        intent = air.take((air.IMSI, SAME)[turn % 2])
        assert intent.message_id == 1
        result = PartResult(
            attempt=intent.attempts[0], outcome="unsent", cause="no_prompt", answered_at=queue.now
        )
        queue.run(partial(record, results=[result]))
    assert queue.rows("SELECT state, cause FROM message") == [
        ("failed", "poison"),
        ("queued", None),
    ]
    assert queue.value("SELECT count(*) FROM feed WHERE topic = 'alarm' AND kind = 'poison'") == 1


def test_a_defect_does_not_stop_a_lane_for_ever(
    queue: Queue, air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(uow: Any, message_id: int, *rest: Any) -> Any:
        if message_id == 1:
            raise RuntimeError("a defect")
        return mark_begun(uow, message_id, *rest)

    monkeypatch.setattr("estate_sms.queue.beginning.mark_begun", broken)
    queue.accept(2)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            air.take()
    assert air.take().message_id == 2
    assert queue.rows("SELECT state, cause FROM message WHERE id = 1") == [("failed", "poison")]


@pytest.mark.parametrize("code", sorted(CMS))
def test_every_code_has_a_decision_that_fits_its_class(code: int) -> None:
    decision = after_refusal(f"cms:{code}", 1)
    kind = cms(code).kind
    lasting = kind in {Kind.DESTINATION, Kind.BARRED, Kind.MESSAGE}
    assert (decision.verdict == "fail") == lasting
    assert decision.park == 0 or kind in {Kind.SIM, Kind.CONFIGURATION}


@pytest.mark.parametrize("code", range(256))
def test_the_evidence_of_a_report_fits_what_happens_to_the_message(code: int) -> None:
    kind, ends = tp_st(code).kind, ends_in(tp_kind(code))
    assert (kind is Kind.PENDING) <= (ends is None)
    assert (kind is Kind.SUCCESS) == (ends is PartState.DELIVERED)
    assert (kind is Kind.TEMPORARY) == (0x60 <= code < 0x80)


def test_budgets() -> None:
    assert after_giving_up(1, 0, None).verdict == "again"
    assert after_giving_up(BUDGET, 0, None).verdict == "fail"
    assert after_giving_up(1, 0, None, emergency=True).delay < after_giving_up(1, 0, None).delay
    assert after_unsent("no_prompt", 4, 2).verdict == "fail"
    assert after_unsent("no_prompt", 4, 1).verdict == "again"
    assert after_unsent("lost", 99, 9).verdict == "again"
