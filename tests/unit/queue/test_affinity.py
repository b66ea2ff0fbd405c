"""Who leaves what to whom: the pure rule, and a broadcast on a bank of SIMs that follows it."""

from __future__ import annotations

import heapq
import random
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.queue.plan.affinity import PATIENCE, REST, ROUNDS, Reach, within_reach
from estate_sms.queue.plan.choose import HURRY, Head, Turns, choose
from estate_sms.queue.plan.choose import PATIENCE as AGES
from estate_sms.queue.standing import Standing
from estate_sms.store.clock import SECOND

NOW = 1_800_000_000 * SECOND
SIMS = ["A", "B", "C"]
heads = st.lists(
    st.builds(
        Head,
        priority=st.integers(0, 3),
        rank=st.integers(0, 99),
        id=st.integers(0, 999),
        eligible_at=st.integers(NOW - 2 * PATIENCE, NOW),
        valid_until=st.none() | st.integers(NOW, NOW + 2 * HURRY),
        prefer=st.none() | st.sampled_from(SIMS),
    ),
    max_size=8,
    unique_by=lambda h: h.id,
)
reaches = st.fixed_dictionaries({sim: st.sampled_from(["no", "soon", "now"]) for sim in "BC"})


def leave(some: list[Head], reach: dict[str, Reach], sims: int = 3) -> list[Head]:
    return list(within_reach(some, NOW, {"A"}, reach.__getitem__, sims))


def hurries(head: Head) -> bool:
    return head.valid_until is not None and head.valid_until - NOW <= HURRY


@given(heads, reaches)
def test_it_leaves_only_what_waits_for_a_sim_that_will_come(
    some: list[Head], reach: dict[str, Reach]
) -> None:
    kept = leave(some, reach)
    assert {*kept} <= {*some}
    for left in {*some} - {*kept}:
        assert left.prefer in {"B", "C"}
        assert reach[left.prefer] != "no"
        assert not hurries(left)


@given(heads, reaches)
def test_a_modem_stands_idle_only_for_one_that_takes_it_now(
    some: list[Head], reach: dict[str, Reach]
) -> None:
    kept = leave(some, reach)
    for priority in {h.priority for h in some} - {h.priority for h in kept}:
        for left in (h for h in some if h.priority == priority):
            assert reach[left.prefer or ""] == "now"
            assert NOW - left.eligible_at < PATIENCE


@given(heads, reaches)
def test_nothing_is_passed_over_for_long(some: list[Head], reach: dict[str, Reach]) -> None:
    kept = leave(some, reach)
    ours = [h for h in some if reach.get(h.prefer or "", "no") == "no" or hurries(h)]
    assert {*ours} <= {*kept}
    for left in {*some} - {*kept}:
        first = min((h.rank for h in ours if h.priority == left.priority), default=left.rank)
        assert first - left.rank <= ROUNDS * 3


def test_who_is_waited_for() -> None:
    assert Standing().reach(NOW) == "now"
    assert Standing(pending=True).reach(NOW) == "soon"
    # Its lane writes that down while another's claim, a moment older, looks at it.
    assert Standing(free_at=NOW + 50).reach(NOW) == "now"
    assert Standing(free_at=NOW + SECOND).reach(NOW) == "soon"
    assert Standing(free_at=NOW + REST).reach(NOW) == "soon"
    for away in (Standing(shut=True), Standing(unwell=True), Standing(free_at=NOW + REST + 1)):
        assert away.reach(NOW) == "no"


class Bank:
    """SIMs that pull from one broadcast; each message takes ``air`` seconds on its SIM."""

    def __init__(self, prefers: list[str | None], sims: int, air: dict[int, float]) -> None:
        self.sims = [str(n) for n in range(sims)]
        self.queue = [
            Head(2, rank, rank, NOW - AGES, None, prefer) for rank, prefer in enumerate(prefers)
        ]
        self.air = air
        self.kept = 0

    def claim(self, sim: str, busy: set[str]) -> Head | None:
        kinds = [
            [h for h in self.queue if h.prefer is None],
            [h for h in self.queue if h.prefer == sim],
            [h for h in self.queue if h.prefer is not None],
        ]
        first = [kind[0] for kind in kinds if kind]

        def reach(prefer: str) -> Reach:
            return "no" if prefer not in self.sims else "soon" if prefer in busy else "now"

        some = within_reach(first, NOW, {sim}, reach, len(self.sims))
        head, _ = choose(some, NOW, Turns())
        if head is not None:
            self.queue.remove(head)
            self.kept += head.prefer == sim
        return head

    def makespan(self) -> float:
        """When the last message is through; every SIM begins at once and is never idle by choice."""
        free = [(0.0, sim) for sim in self.sims]
        end = 0.0
        while self.queue:
            at, sim = heapq.heappop(free)
            if self.claim(sim, {*self.sims} - {sim}) is not None:
                at += self.air[int(sim)]
                end = max(end, at)
                heapq.heappush(free, (at, sim))
        return end


@pytest.mark.parametrize("known", [0.0, 0.5, 1.0])
def test_a_broadcast_stays_at_its_bound_and_with_the_sims_people_know(known: float) -> None:
    chance = random.Random(2)
    prefers = [str(chance.randrange(16)) if chance.random() < known else None for _ in range(480)]
    bank = Bank(prefers, 16, dict.fromkeys(range(16), 1.0))
    assert bank.makespan() == ceil(480 / 16)
    assert bank.kept >= 0.9 * sum(p is not None for p in prefers)


@given(
    st.lists(st.none() | st.sampled_from(["0", "1", "2", "gone"]), min_size=1, max_size=60),
    st.tuples(*[st.sampled_from([1.0, 1.5, 4.0])] * 3),
)
def test_wishes_never_cost_more_than_the_last_message(
    prefers: list[str | None], air: tuple[float, ...]
) -> None:
    given_air = dict(enumerate(air))
    free = Bank([None] * len(prefers), 3, given_air).makespan()
    assert Bank(prefers, 3, given_air).makespan() <= free + max(air)


def test_a_batch_that_one_sim_is_known_for_does_not_wait_behind_another() -> None:
    bank = Bank(["0", None] * 60 + [None] * 600, 16, {})
    while any(h.prefer for h in bank.queue):
        for sim in bank.sims:
            bank.claim(sim, {*bank.sims} - {sim})
    assert len(bank.queue) > 300, "it waited for its own SIM alone"
