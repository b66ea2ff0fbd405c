"""Whom one more send makes late, and what the door says to that."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.policy.danger import Danger, danger_of
from estate_sms.policy.drafts import Draft
from estate_sms.policy.errors import PolicyError
from estate_sms.queue.deadlines import Pace
from estate_sms.queue.hours import AlwaysOpen
from estate_sms.queue.ledger import MINUTE
from estate_sms.queue.plan.flow import BankFlow
from estate_sms.queue.plan.lateness import Job, run_through
from estate_sms.queue.plan.makespan import Line
from estate_sms.queue.priorities import Priority
from estate_sms.store.clock import SECOND

NOW = 1_800_000_000 * SECOND
OPEN = AlwaysOpen()


def pace(modems: int) -> Pace:
    """Each of them twelve parts a minute."""
    flow = BankFlow([Line(free_at=NOW, part=5 * SECOND)] * modems, NOW)
    return Pace(flow, flow)


def job(messages: int, minutes: float | None = None, level: int = 2) -> Job:
    until = None if minutes is None else NOW + round(minutes * MINUTE)
    return Job(Priority(level), "service", messages, messages, NOW, until)


def find(jobs: list[Job], mine: Job, modems: int = 1, *, others: bool = True) -> Danger | None:
    return danger_of(jobs, mine, NOW, pace(modems), OPEN, others=others)


def test_what_it_says() -> None:
    assert find([], job(12, 1)) is None
    alone = find([], job(24, 1))
    assert alone is not None
    assert (alone.late, alone.delayed, alone.alone) == (12, 0, True)
    busy = find([job(60, 10, 1)], job(24, 3))
    assert busy is not None
    assert (19 <= busy.late <= 22, busy.alone) == (True, False), "every eighth turn is its own"
    assert find([job(600)], job(24, 3)) is None, "what has no deadline gives way"
    full = [job(100, 10, 3)]
    hurt = find(full, job(60))
    assert hurt is not None
    assert (hurt.late, 30 <= hurt.delayed <= 40) == (0, True)
    assert 8 * 60 <= hurt.retry_after <= 10 * 60, "when those are through"
    assert find(full, job(60), others=False) is None
    assert find(full, job(60), modems=2) is None
    assert find(full, job(60, None, 3)) is None
    assert find(full, job(60, 60, 3)) is None


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"late": 3, "alone": True}, "deadline_unreachable"),
        ({"late": 3}, "deadline_busy"),
        ({"late": 3, "accept_late": True}, None),
        ({"late": 3, "priority": Priority.URGENT}, None),
        ({"late": 3, "held": True}, "deadline_busy"),
        ({"delayed": 3}, "deadlines_endangered"),
        ({"delayed": 3, "accept_late": True}, "deadlines_endangered"),
        ({"delayed": 3, "late": 3, "accept_late": True}, "deadlines_endangered"),
        ({"delayed": 3, "held": True}, None),
        ({"delayed": 3, "priority": Priority.EMERGENCY}, None),
        ({"delayed": 3, "priority": Priority.BULK}, "deadlines_endangered"),
    ],
)
def test_what_the_door_does(given: dict[str, Any], refusal: str | None) -> None:
    draft = Draft(
        text="", segments=1, purpose="service", priority=given.get("priority", Priority.NORMAL),
        not_before=None, valid_until=NOW, flash=False, recallable=False, client_ref=None,
        accept_late=given.get("accept_late", False),
    )  # fmt: skip
    danger = Danger(
        given.get("late", 0), given.get("delayed", 0), None, given.get("alone", False), 90
    )
    held = given.get("held", False)
    assert danger.refusal(draft, held=held) == refusal
    if refusal is None:
        danger.require_none(draft, held=held)
        return
    with pytest.raises(PolicyError) as raised:
        danger.require_none(draft, held=held)
    waits = refusal != "deadline_unreachable"
    assert raised.value.status == (503 if waits else 422)
    assert raised.value.extra.get("retry_after") == (90 if waits else None)
    assert str(given.get("late") or given["delayed"]) in raised.value.message_in("zh")


dues = st.one_of(st.none(), st.floats(0.5, 15))
works = st.builds(job, st.integers(1, 80), dues, st.sampled_from([0, 1, 2, 3]))


@given(st.lists(works, max_size=5), works, st.integers(1, 4))
@settings(max_examples=80, deadline=None)
def test_no_danger_means_that_nobody_is_late_for_it(
    jobs: list[Job], mine: Job, modems: int
) -> None:
    found, speed = find(jobs, mine, modems), pace(modems)

    def late(*work: Job) -> list[float]:
        fates = run_through(work, NOW, speed.flow, speed.rested, OPEN.next)
        return [fate.late for fate in fates]

    before, after = late(*jobs), late(*jobs, mine)
    if found is None:
        assert after[-1] < 0.6
        behind = [n for n, j in enumerate(jobs) if j.place > mine.place]
        assert all(after[n] - before[n] < 0.6 for n in behind)
        return
    assert found.late or found.delayed
    assert found.late <= mine.messages
    assert found.delayed <= sum(j.messages for j in jobs if j.place > mine.place)
    assert 5 <= found.retry_after <= 86_400
    more = find(jobs, mine, modems + 4)
    assert more is None or more.late <= found.late
