"""Messages taken, answered, displaced, crashed and recovered in any order: order and truth hold."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from estate_sms.queue.claim import Claimer
from estate_sms.queue.due import promote_due
from estate_sms.queue.gate import Gate
from estate_sms.queue.hours import AlwaysOpen
from estate_sms.queue.intents import Intent, Sim
from estate_sms.queue.outcomes import record
from estate_sms.queue.priorities import Priority
from estate_sms.queue.recovery import recover
from estate_sms.queue.ring_format import Remains
from estate_sms.queue.standing import Standing
from estate_sms.queue.transmitter import Outgoing, PartResult
from estate_sms.queue.units import Units
from estate_sms.store.clock import SECOND

if TYPE_CHECKING:
    from .conftest import Queue

SIMS = [
    Sim("A1", "460001111111111", True),
    Sim("B2", "460002222222222", True),
    Sim("C3", "460013333333333", True),
]
ELSEWHERE = 60 * SECOND
"""How long a message that should go by another SIM is kept for one."""
sims = st.sampled_from(SIMS)
answers = st.sampled_from(["cms:38", "ok", "timeout", "lost", "cms:195"])
Outcome = Literal["accepted", "refused", "unknown", "unsent"]
_OUTCOME: dict[str, Outcome] = {
    "cms:38": "refused",
    "cms:195": "refused",
    "timeout": "unknown",
    "lost": "unsent",
}


class Sending(RuleBasedStateMachine):
    """Three SIMs, two of one operator; what the air carried is kept beside, as the witness."""

    make: ClassVar[list[Callable[[], Queue]]] = []
    queue: Queue

    @initialize()
    def start(self) -> None:
        self.queue = self.make[-1]()
        claimer = Claimer(self.queue.vault, AlwaysOpen())
        # Nobody waits for a SIM here: what waits for whom is the affinity's test.
        claimer.candidates.present({sim.imsi: Standing(shut=True) for sim in SIMS})
        self.units = Units(claimer, None, Gate())
        self.air: list[tuple[int, int]] = []  # message, segment
        self.maybe: set[tuple[int, int]] = set()
        self.hands: dict[int, tuple[Sim, Intent]] = {}
        self.mr = 0
        self.queue.accept(4, segments=2)

    def teardown(self) -> None:
        self.queue.close()

    @rule(
        n=st.integers(2, 4),
        parts=st.sampled_from([1, 3]),
        priority=st.sampled_from([Priority.NORMAL, Priority.EMERGENCY, Priority.BULK]),
    )
    def accept(self, n: int, parts: int, priority: Priority) -> None:
        purpose = "emergency" if priority == 0 else "service"
        self.queue.accept(n, segments=parts, priority=priority, purpose=purpose)

    @rule(sim=sims)
    def take(self, sim: Sim) -> None:
        self._take(sim)

    def _take(self, sim: Sim) -> None:
        heads = self._heads(sim)
        intent = self.queue.run(partial(self.units.claim, sim=sim, wants="any")).intent
        assert (intent is None) == (not heads)
        if intent is not None:
            # The lowest round of the class, and in it the oldest whose recipient waits for no other.
            assert intent.message_id == heads[intent.priority]
            assert intent.priority == 0 or 0 not in heads
        if intent is not None:
            self.hands[intent.message_id] = (sim, intent)

    def _heads(self, sim: Sim) -> dict[int, int]:
        """Of each class the message that ``sim`` should take."""
        # What a SIM or its operator just refused is kept for others, for a while; here are some.
        return dict(
            self.queue.rows(
                "SELECT priority, min(rank * 1000000 + id) % 1000000 FROM message m "
                "WHERE state = 'queued' AND (imsi = :imsi OR (imsi IS NULL"
                "  AND (avoid IS NULL OR avoid NOT IN (:imsi, substr(:imsi, 1, 5)) OR not_before < :patient)))"
                "AND NOT EXISTS ("
                "  SELECT 1 FROM message e WHERE e.subject_id = m.subject_id AND e.id < m.id"
                "  AND e.priority = m.priority AND e.tries > 0"
                "  AND (e.state = 'submitting' OR (m.priority > 0 AND e.state IN ('queued', 'scheduled'))))"
                "GROUP BY priority",
                imsi=sim.imsi,
                patient=self.queue.now - ELSEWHERE,
            )
        )

    @precondition(lambda self: self.hands)
    @rule(data=st.data(), answer=answers)
    def answer(self, data: st.DataObject, answer: str) -> None:
        message = data.draw(st.sampled_from(sorted(self.hands)))
        parts = len(self.hands[message][1].attempts)
        self._answer(message, answer, data.draw(st.integers(0, parts)))

    @rule(sim=sims, times=st.integers(1, 2))
    def refused(self, sim: Sim, times: int) -> None:
        """The next message of a SIM is refused, by it and perhaps by the next, and its time comes again."""
        others = (sim, *(o for o in SIMS if o != sim))
        for other, seconds in list(zip(others, (35, 130), strict=False))[:times]:
            before = set(self.hands)
            self._take(other)
            for message in set(self.hands) - before:
                self._answer(message, "cms:38", 0)
            self._later(seconds)

    def _answer(self, message: int, answer: str, good: int) -> None:
        """``answer`` to the part after ``good`` ones that were accepted."""
        _, intent = self.hands.pop(message)
        results = list[PartResult]()
        for i, (attempt, seq) in enumerate(zip(intent.attempts, _seqs(intent), strict=True)):
            if i < good or answer == "ok":
                self.mr = (self.mr + 1) % 256
                self.air.append((intent.message_id, seq))
                result = self._result(attempt, "accepted", "", self.mr)
            elif i == good:
                if answer == "timeout":
                    self.maybe.add((intent.message_id, seq))
                result = self._result(attempt, _OUTCOME[answer], answer)
            else:
                result = self._result(attempt, "unsent", "")
            results.append(result)
        self.queue.run(lambda uow: record(uow, results))

    @precondition(lambda self: self.hands)
    @rule(data=st.data())
    def make_room(self, data: st.DataObject) -> None:
        message = data.draw(st.sampled_from(sorted(self.hands)))
        sim, intent = self.hands[message]
        claimed = self.queue.run(partial(self.units.make_room, sim=sim, intent=intent))
        assert claimed.displaced == (claimed.intent is not None)
        if claimed.intent is not None:
            assert claimed.intent.priority == 0
            del self.hands[message]
            self.hands[claimed.intent.message_id] = (sim, claimed.intent)

    @rule(data=st.data(), trust=st.booleans())
    def crash(self, data: st.DataObject, trust: bool) -> None:
        entries: dict[int, int | None] = {}
        for message, (_, intent) in self.hands.items():
            begun = data.draw(st.integers(0, len(intent.attempts)))
            pairs = zip(intent.attempts, _seqs(intent), strict=True)
            for i, (attempt, seq) in zip(range(begun), pairs, strict=False):
                last = i == begun - 1 and data.draw(st.booleans())
                entries[attempt] = None if last else 5
                (self.maybe.add if last else self.air.append)((message, seq))
            if not trust:
                self.maybe.update((message, s) for s in _seqs(intent)[begun:])
        self.hands.clear()
        self.queue.run(lambda uow: recover(uow, Remains(trust, entries)))

    @rule(seconds=st.sampled_from([35, 130, 700]))
    def time_passes(self, seconds: int) -> None:
        self._later(seconds)

    def _later(self, seconds: int) -> None:
        self.queue.now += seconds * SECOND
        self.queue.run(promote_due)

    def _result(
        self, attempt: int, outcome: Outcome, cause: str, tp_mr: int | None = None
    ) -> PartResult:
        now = self.queue.now
        return PartResult(
            attempt=attempt, outcome=outcome, cause=cause, tp_mr=tp_mr, answered_at=now
        )

    @invariant()
    def nothing_goes_twice(self) -> None:
        assert len(self.air) == len(set(self.air))
        assert not set(self.air) & self.maybe

    @invariant()
    def the_database_says_what_the_air_carried(self) -> None:
        rows = self.queue.rows("SELECT message_id, seq, state FROM part")
        said = {(m, s): state for m, s, state in rows}
        assert {p for p, state in said.items() if state == "submitted"} == set(self.air)
        assert {p for p, state in said.items() if state == "in_doubt"} == self.maybe

    @invariant()
    def what_is_in_hand_is_submitting(self) -> None:
        rows = self.queue.rows("SELECT DISTINCT message_id FROM part WHERE state = 'submitting'")
        assert {m for (m,) in rows} == set(self.hands)
        open_ = self.queue.value("SELECT count(*) FROM attempt WHERE outcome = 'open'")
        assert open_ == sum(len(intent.attempts) for _, intent in self.hands.values())

    @invariant()
    def the_parts_of_a_message_share_sim_and_reference(self) -> None:
        rows = self.queue.rows(
            "SELECT 1 FROM attempt JOIN part ON part.id = part_id "
            "WHERE outcome IN ('accepted', 'unknown') GROUP BY message_id "
            "HAVING count(DISTINCT imsi) > 1 OR count(DISTINCT concat_ref) > 1"
        )
        assert rows == []


def _seqs(intent: Intent) -> tuple[int, ...]:
    assert isinstance(intent.task, Outgoing)
    return intent.task.seqs


def test_sending_in_any_order(make_queue: Callable[[], Queue]) -> None:
    Sending.make.append(make_queue)
    Sending.TestCase.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
    Sending.TestCase("runTest").runTest()
