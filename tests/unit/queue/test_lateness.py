"""Who comes too late: the sum against queues that are really run through with the choice that modems make."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.queue.deadlines import pace, summed, waiting
from estate_sms.queue.estimate import Capacity
from estate_sms.queue.ledger import HOUR, MINUTE
from estate_sms.queue.plan.choose import Head, Turns, choose
from estate_sms.queue.plan.flow import BankFlow, rested
from estate_sms.queue.plan.lateness import Fate, Job, run_through, surely_in_time
from estate_sms.queue.plan.makespan import Line, Work, done_at
from estate_sms.queue.priorities import Priority, Purpose
from estate_sms.store.clock import SECOND

if TYPE_CHECKING:
    from .conftest import Air, Queue

NOW = 1_800_000_000 * SECOND
PART = 5 * SECOND


def job(messages: int, minutes: float | None = None, level: int = 2, **fields: Any) -> Job:
    until = None if minutes is None else NOW + round(minutes * MINUTE)
    given: dict[str, Any] = {"starts_at": NOW, "parts": messages, **fields}
    return Job(Priority(level), "service", messages, valid_until=until, **given)


def bank(count: int, part: int = PART) -> list[Line]:
    return [Line(free_at=NOW, part=part)] * count


def always(purpose: Purpose, at: int) -> int:
    return at


def fates(jobs: Sequence[Job], lines: Sequence[Line]) -> list[Fate]:
    flow = BankFlow(lines, NOW)
    return run_through(jobs, NOW, flow, BankFlow(rested(lines, NOW), NOW), always)


def test_what_fits_and_what_does_not() -> None:
    """One modem, twelve parts a minute."""
    assert [f.late for f in fates([job(120, 10)], bank(1))] == [0]
    late, _ = fates([job(120, 9), job(12, 20)], bank(1))
    assert round(late.late) == 12
    # By class, then by deadline; what has none gives way to those that have one.
    urgent, bulk, plain, soon = fates(
        [job(60, 60, 1), job(60, 10, 3), job(600), job(48, 10)], bank(1)
    )
    assert [round(f.late) for f in (urgent, plain, soon)] == [0, 0, 0]
    assert 25 < bulk.late < 60, "but a class that waits gets its turn"
    assert urgent.done_at is not None
    assert abs(urgent.done_at - NOW - 5 * MINUTE) < 75 * SECOND
    kept = fates([job(240, 10, kept=True)], bank(1))[0]
    assert round(kept.late) == 120
    assert kept.done_at is not None
    assert abs(kept.done_at - NOW - 20 * MINUTE) < 2 * SECOND


def test_later_work_and_closed_hours() -> None:
    def opens(purpose: Purpose, at: int) -> int:
        return max(at, NOW + 30 * MINUTE) if purpose == "service" else at

    later = job(60, 40, starts_at=NOW + 32 * MINUTE)
    flow = BankFlow(bank(1), NOW)
    assert run_through([later], NOW, flow, flow, always)[0].late == 0
    found = run_through([later, job(60, 34)], NOW, flow, flow, opens)
    assert [round(f.late) for f in found] == [0, 12], "it cannot begin before hours do"
    assert not surely_in_time([], job(1, 31), NOW, flow, opens, others=False)
    assert surely_in_time([], job(1, 31), NOW, flow, always, others=False)
    assert surely_in_time([], job(1, 31, level=1), NOW, flow, opens, others=False)


levels = st.sampled_from([0, 1, 2, 3])
dues = st.one_of(st.none(), st.floats(0.5, 15))
jobs_of = st.lists(st.builds(job, st.integers(1, 60), dues, levels), min_size=1, max_size=5)
few = st.integers(1, 4)


@given(jobs_of, few)
@settings(max_examples=80, deadline=None)
def test_what_is_called_late_is_late(jobs: list[Job], count: int) -> None:
    """The modems, with the choice that they really make, bring at most as many through."""
    called = sum(fate.late for fate in fates(jobs, bank(count)))
    assert _really_late(jobs, count) >= called - count - 2 * len(jobs)


@given(jobs_of, st.builds(job, st.integers(1, 60), dues, levels), few)
@settings(max_examples=80, deadline=None)
def test_a_plain_sum_lets_nothing_through_that_would_be_late(
    jobs: list[Job], mine: Job, count: int
) -> None:
    flow = BankFlow(bank(count), NOW)
    before, after = fates(jobs, bank(count)), fates([*jobs, mine], bank(count))
    if surely_in_time(jobs, mine, NOW, flow, always, others=False):
        assert after[-1].late < 0.5
    if surely_in_time(jobs, mine, NOW, flow, always, others=True):
        behind = [n for n, j in enumerate(jobs) if j.place > mine.place]
        assert all(after[n].late - before[n].late < 0.5 for n in behind)


def _really_late(jobs: Sequence[Job], count: int) -> int:
    left = [j.messages for j in jobs]
    free = [NOW] * count
    heapq.heapify(free)
    turns, in_time = Turns(), 0
    while True:
        at = heapq.heappop(free)
        heads = [
            Head(int(j.priority), j.messages - left[n], n, NOW, j.valid_until)
            for n, j in enumerate(jobs)
            if left[n] and (j.valid_until is None or at + PART <= j.valid_until)
        ]
        head, turns = choose(heads, at, turns)
        if head is None:
            break
        left[head.id] -= 1
        in_time += 1
        heapq.heappush(free, at + PART)
    return sum(j.messages for j in jobs) - in_time


limits = st.sampled_from([(), ((3, MINUTE),), ((2, MINUTE), (7, HOUR))])
lines_of = st.lists(
    st.builds(
        Line,
        free_at=st.integers(NOW, NOW + MINUTE),
        part=st.integers(SECOND, 20 * SECOND),
        windows=limits,
        sent=st.lists(st.integers(NOW - HOUR, NOW - 1), max_size=9).map(sorted),
    ),
    min_size=1,
    max_size=4,
)


@given(lines_of, st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_a_bank_is_never_faster_than_its_flow(lines: list[Line], messages: int) -> None:
    done = done_at(lines, [], Work(messages), NOW, lambda at: at)
    assert done is not None
    # Between its points the flow is a straight line; quotas come in steps of at most 7.
    most = BankFlow(lines, NOW).parts((done - NOW) * 1.25)
    assert most + len(lines) >= messages


def test_what_waits_is_read_by_class_and_deadline(queue: Queue, air: Air) -> None:
    queue.now = NOW
    queue.accept(3, valid_until=NOW + HOUR)
    queue.accept(2, valid_until=NOW + HOUR + 5 * SECOND)
    queue.accept(4, priority=Priority.BULK, not_before=NOW + MINUTE)
    queue.accept(1)
    air.send(1)
    found = sorted(waiting(queue.connection, NOW), key=lambda j: j.place)
    assert [(int(j.priority), j.messages, j.valid_until is None) for j in found] == [
        (2, 4, False), (2, 1, True), (3, 4, True),
    ]  # fmt: skip
    assert found[2].starts_at == NOW + MINUTE
    assert NOW + HOUR <= (found[0].valid_until or 0) <= NOW + HOUR + 6 * MINUTE
    sims = [Capacity("460001", NOW, 0, (), ())]
    assert pace(queue.connection, sims, NOW, 1.0) is None, "one time is no measure"
    assert len(summed([job(1, n / 100) for n in range(6000)], NOW)) < 100
