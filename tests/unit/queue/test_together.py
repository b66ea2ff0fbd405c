"""Claims, outcomes and reports that are written together leave what each alone would have left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from estate_sms.queue.alike import mark_begun, move_alike
from estate_sms.queue.claim import Claimer
from estate_sms.queue.drafts import NewMessage
from estate_sms.queue.errors import TransitionError
from estate_sms.queue.handed_back import HandedBack, record_all
from estate_sms.queue.hours import AlwaysOpen
from estate_sms.queue.intents import Sim, Wants
from estate_sms.queue.priorities import Priority
from estate_sms.queue.reports import take_reports
from estate_sms.queue.states import PartState
from estate_sms.queue.transmitter import PartResult
from estate_sms.store.clock import SECOND
from estate_sms.store.events import NullRecorder
from estate_sms.store.group import Outcome, run_group
from estate_sms.store.joint import Joint
from estate_sms.store.unit import UnitOfWork

from .conftest import Air, Seen

if TYPE_CHECKING:
    from .conftest import Queue

SIMS = [Sim(f"A{i}", f"46000123456789{i}", can_command=False) for i in range(8)]
_MESSAGES = 6
_ANSWERS = st.sampled_from(["accepted"] * 6 + ["refused", "unknown", "unsent"])
_REPORTS = st.tuples(
    st.integers(0, _MESSAGES - 1), st.sampled_from([0] * 6 + [1, 0x20, 0x43, 0x46])
)


class House:
    """A queue of which modems took three messages of one part, two of two, and one to be recalled;
    another waits for the first to be through."""

    def __init__(self, queue: Queue, *, recalled: bool) -> None:
        self.queue, self.air = queue, Air(queue)
        self._accept(0, 3)
        self._accept(3, 2, text="停水" * 50, segments=2)
        self._accept(5, 1)
        self._accept(0, 1)
        self.intents = [self.air.take() for _ in range(_MESSAGES)]
        with pytest.raises(AssertionError, match="nothing to send"):
            self.air.take()
        queue.events.clear()
        if recalled:
            self.air.recall(batch=queue.value("SELECT public_id FROM batch WHERE id = 3"))

    def _accept(self, first: int, count: int, **changes: Any) -> None:
        numbers = [f"+861380013{8000 + i}" for i in range(first, first + count)]
        self.queue.accept(messages=[NewMessage(number=number) for number in numbers], **changes)

    def hands(self, answers: list[Any]) -> list[HandedBack]:
        hands: list[HandedBack] = []
        for place, (intent, answer) in enumerate(zip(self.intents, answers, strict=True)):
            at = self.queue.now + place
            results = [
                PartResult(
                    attempt=attempt,
                    outcome=answer,
                    tp_mr=10 * place + i if answer == "accepted" else None,
                    cause={"refused": "cms:38", "unknown": "timeout", "unsent": "displaced"}.get(
                        answer, ""
                    ),
                    answered_at=at,
                )
                for i, attempt in enumerate(intent.attempts)
            ]
            hands.append(HandedBack(results, dict.fromkeys(intent.attempts, at - 1)))
        return hands

    def seen(self, reports: list[tuple[int, int]]) -> list[Seen]:
        now = self.queue.now
        return [
            Seen(Air.IMSI, 10 * place, self.intents[place].task.number, tp_st, now, now)
            for place, tp_st in reports
        ]

    def settle(self, hands: list[HandedBack]) -> list[Any]:
        return self.queue.run(lambda uow: record_all(uow, hands, self.air.ladder))

    def report(self, seen: list[Seen]) -> list[bool]:
        take = take_reports
        return self.queue.run(lambda uow: take(uow, self.queue.vault, self.air.ladder, seen))

    def left(self) -> list[Any]:
        """Everything on record, without what is drawn at random and without order among units."""
        names = {
            ref: f"m{id_}" for ref, id_ in self.queue.rows("SELECT public_id, id FROM message")
        }
        names |= {ref: f"b{id_}" for ref, id_ in self.queue.rows("SELECT public_id, id FROM batch")}
        names |= {
            ref: f"r{id_}" for ref, id_ in self.queue.rows("SELECT public_id, id FROM recall")
        }

        def named(value: object) -> str:
            text = repr(value)
            for ref, name in names.items():
                text = text.replace(ref, name)
            return text

        tables = [
            self.queue.rows(f"SELECT {columns} FROM {table} ORDER BY {order}")
            for table, columns, order in (
                ("message", "id, state, cause, tries, not_before, avoid, imsi, waits_for", "id"),
                ("batch", "id, state, finished_at", "id"),
                ("part", "id, state, cause, tp_mr, updated_at", "id"),
                ("attempt", "id, outcome, cause, tp_mr, handed_at, answered_at", "id"),
                ("status_report", "imsi, tp_mr, tp_st, subject_id, attempt_id", "2, 3"),
                ("history", "part_id, step, from_state, to_state, cause, at", "1, 2"),
                ("recall_item", "message_id, outcome", "id"),
            )
        ]
        feed = self.queue.rows("SELECT at, topic, kind, ref, body FROM feed")
        return [*tables, sorted(map(named, feed)), sorted(map(named, self.queue.events))]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    answers=st.lists(_ANSWERS, min_size=_MESSAGES, max_size=_MESSAGES),
    early=st.lists(_REPORTS, max_size=2),
    reports=st.lists(_REPORTS, max_size=8),
    recalled=st.booleans(),
)
def test_the_same_as_each_alone(
    make_queue: Callable[[], Queue],
    answers: list[Any],
    early: list[tuple[int, int]],
    reports: list[tuple[int, int]],
    recalled: bool,
) -> None:
    houses = [House(make_queue(), recalled=recalled) for _ in range(2)]
    together, alone = houses
    try:
        assert together.report(together.seen(early)) == [
            new for one in alone.seen(early) for new in alone.report([one])
        ]
        assert together.settle(together.hands(answers)) == [
            settled for one in alone.hands(answers) for settled in alone.settle([one])
        ]
        assert together.report(together.seen(reports)) == [
            new for one in alone.seen(reports) for new in alone.report([one])
        ]
        assert together.left() == alone.left()
    finally:
        for house in houses:
            house.queue.close()


def test_a_broadcast_is_written_by_few_statements(queue: Queue) -> None:
    """Else it would not be worth a way of its own."""
    queue.accept(40)
    air = Air(queue)
    hands = [
        HandedBack([PartResult(attempt=a, outcome="accepted", tp_mr=i, answered_at=queue.now)])
        for i in range(40)
        for a in air.take().attempts
    ]
    asked: list[str] = []
    queue.connection.set_trace_callback(asked.append)
    queue.run(lambda uow: record_all(uow, hands, air.ladder))
    queue.connection.set_trace_callback(None)
    # A set: triggers have the statement that set them off traced again.
    updates = {sql for sql in asked if sql.startswith("UPDATE message SET state")}
    assert len(updates) == 1
    assert queue.states() == ["submitted"] * 40


def test_one_that_may_not_move_so_moves_none(queue: Queue, air: Air) -> None:
    queue.accept(2)
    air.send(1)
    air.take()
    taken = dict.fromkeys([1, 2], 7)
    with pytest.raises(TransitionError):
        queue.run(lambda uow: move_alike(uow, taken, PartState.SUBMITTED, PartState.DELIVERED))
    with pytest.raises(TransitionError):
        queue.run(lambda uow: move_alike(uow, taken, PartState.DELIVERED, PartState.QUEUED))
    assert queue.states() == ["submitted", "submitting"]


def test_claims_together_take_what_each_alone_would(make_queue: Callable[[], Queue]) -> None:
    """Of every kind: urgent, long, recallable, expired on the way, to the same number, to one SIM."""
    houses = [Claims(make_queue()) for _ in range(2)]
    together, alone = houses
    try:
        assert together.take(SIMS) == [one for sim in SIMS for one in alone.take([sim])]
        assert together.take(SIMS) == [one for sim in SIMS for one in alone.take([sim])]
        assert together.left() == alone.left()
        assert together.left()[0].count("submitting") > 8
    finally:
        for house in houses:
            house.queue.close()


def test_of_claims_together_a_defect_fails_but_its_own(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(uow: UnitOfWork, message_id: int, *rest: Any) -> None:
        if message_id == 1:
            raise RuntimeError("a defect")
        mark_begun(uow, message_id, *rest)

    monkeypatch.setattr("estate_sms.queue.beginning.mark_begun", broken)
    queue.accept(4)
    claimer = Claimer(queue.vault, AlwaysOpen())

    def claims(sims: list[Sim]) -> list[Outcome]:
        units = [Joint((sim, "any"), claimer.claim_all) for sim in sims]
        return run_group(queue.connection, units, NullRecorder(), lambda: queue.now)

    for _ in range(3):  # each time the first is tried alone, and fails alone
        assert [type(one.error) for one in claims(SIMS[:1])] == [RuntimeError]
    took = [one.value.intent.message_id for one in claims(SIMS[:2])]
    assert took == [2, 3]
    assert queue.states() == ["failed", "submitting", "submitting", "queued"]


class Claims:
    """A queue with something of every kind, and SIMs that ask."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self._claimer = Claimer(queue.vault, AlwaysOpen())
        queue.accept(3)
        queue.accept(2, priority=Priority.URGENT)
        queue.accept(2, text="停水" * 50, segments=2)
        queue.accept(1, valid_until=queue.now + SECOND)
        queue.accept(6, recallable=True, messages=_to(range(20, 26)))
        queue.accept(4, priority=Priority.BULK, messages=_to(range(30, 34)))
        queue.now += 2 * SECOND
        queue.events.clear()

    def take(self, sims: list[Sim]) -> list[Any]:
        asked: list[tuple[Sim, Wants]] = [(sim, "lower") for sim in sims]
        found = self.queue.run(lambda uow: self._claimer.claim_all(uow, asked))
        return [
            (one.intent.message_id, len(one.intent.attempts), one.emergencies)
            if one.intent
            else None
            for one in found
        ]

    def left(self) -> list[Any]:
        q = self.queue
        return [
            [state for (state,) in q.rows("SELECT state FROM message ORDER BY id")],
            q.rows("SELECT id, tries, cause, waits_for, replace_pid, updated_at FROM message"),
            q.rows("SELECT part_id, modem, imsi, intent_at, outcome FROM attempt ORDER BY part_id"),
            q.rows("SELECT part_id, step, from_state, to_state, cause, at FROM history"),
            sorted(q.rows("SELECT topic, kind FROM feed")),
            sorted((event.action, str(event.details.get("modem"))) for event in q.events),
        ]


def _to(places: range) -> list[NewMessage]:
    return [NewMessage(number=f"+861380013{8000 + place}") for place in places]
