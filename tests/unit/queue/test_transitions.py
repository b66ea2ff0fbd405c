"""Whatever is done to parts in whatever order, code and schema agree and nothing goes untold."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from estate_sms.queue.drafts import AcceptedBatch, NewMessage
from estate_sms.queue.errors import NotFoundError, TransitionError
from estate_sms.queue.states import LIVE, PartState, allowed, is_incomplete, message_state
from estate_sms.queue.transitions import move_batch, move_message, move_part
from estate_sms.store.unit import UnitOfWork

if TYPE_CHECKING:
    from .conftest import Queue


states = st.sampled_from(list(PartState))


class Moves(RuleBasedStateMachine):
    """Three messages of three parts; any part, message or batch is asked to move anywhere."""

    make: ClassVar[list[Callable[[], Queue]]] = []
    queue: Queue
    batch: AcceptedBatch

    @initialize()
    def start(self) -> None:
        self.queue = self.make[-1]()
        messages = [NewMessage(number=f"+861380013800{i}") for i in range(3)]
        self.batch = self.queue.accept(messages=messages, segments=3)
        self.parts: dict[int, PartState] = {
            row[0]: PartState.QUEUED for row in self.queue.rows("SELECT id FROM part ORDER BY id")
        }
        self.owner = dict(self.queue.rows("SELECT id, message_id FROM part"))
        self.moves = 0

    def teardown(self) -> None:
        self.queue.close()

    @rule(which=st.integers(0, 8), to=states)
    def part(self, which: int, to: PartState) -> None:
        key = list(self.parts)[which]
        self._try([key], to, lambda uow: move_part(uow, key, to, "test"))

    @rule(which=st.integers(0, 2), to=states, frm=st.frozensets(states, min_size=1))
    def message(self, which: int, to: PartState, frm: frozenset[PartState]) -> None:
        message = self.batch.message_ids[which]
        keys = [k for k, s in self.parts.items() if self.owner[k] == message and s in frm]
        keys = [k for k in keys if self.parts[k] is not to]
        self._try(keys, to, lambda uow: move_message(uow, message, to, "test", frm=frm))

    @rule(to=states, frm=st.frozensets(states, min_size=1, max_size=2))
    def all(self, to: PartState, frm: frozenset[PartState]) -> None:
        if all(allowed(s, to) for s in frm):
            final = {PartState.DELIVERED, PartState.CANCELLED, PartState.REJECTED}
            open_ = {m for m in self.batch.message_ids if self._state(m) not in final}
            keys = [k for k, s in self.parts.items() if s in frm and self.owner[k] in open_]
            self.queue.run(lambda uow: move_batch(uow, self.batch.id, to, frm))
            self._moved(keys, to)

    def _try(self, keys: list[int], to: PartState, work: Callable[[UnitOfWork], object]) -> None:
        if keys and all(allowed(self.parts[k], to) for k in keys):
            before = len(self.queue.events)
            self.queue.run(work)
            assert len(self.queue.events) == before + 1
            self._moved(keys, to)
        else:
            with pytest.raises(TransitionError):
                self.queue.run(work)

    def _moved(self, keys: list[int], to: PartState) -> None:
        for key in keys:
            self.parts[key] = to
        self.moves += len(keys)

    def _state(self, message: int) -> PartState:
        return message_state(s for k, s in self.parts.items() if self.owner[k] == message)

    @invariant()
    def parts_are_where_they_should(self) -> None:
        rows = dict(self.queue.rows("SELECT id, state FROM part"))
        assert rows == {k: s.value for k, s in self.parts.items()}

    @invariant()
    def messages_follow_from_their_parts(self) -> None:
        for message, state, cause in self.queue.rows("SELECT id, state, cause FROM message"):
            parts = [s for k, s in self.parts.items() if self.owner[k] == message]
            assert state == message_state(parts).value
            if is_incomplete(parts):
                assert cause == "incomplete"

    @invariant()
    def the_batch_follows_from_its_messages(self) -> None:
        live = any(self._state(m) in LIVE for m in self.batch.message_ids)
        assert self.queue.value("SELECT state FROM batch") == ("sending" if live else "done")

    @invariant()
    def every_move_is_in_the_history(self) -> None:
        assert self.queue.value("SELECT count(*) FROM history") == self.moves

    @invariant()
    def the_feed_tells_the_newest_state(self) -> None:
        for ref, state in self.queue.rows("SELECT public_id, state FROM message"):
            row = self.queue.rows(
                "SELECT kind FROM feed WHERE topic = 'message' AND ref = ? ORDER BY sequence DESC",
                ref,
            )
            bulk = self.queue.value("SELECT count(*) FROM feed WHERE body LIKE '%moved%'")
            assert bulk > 1 or row == [] or row[0][0] == state


def test_any_moves_in_any_order(make_queue: Callable[[], Queue]) -> None:
    Moves.make.append(make_queue)
    Moves.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
    Moves.TestCase("runTest").runTest()


@pytest.mark.parametrize("frm", list(PartState))
@pytest.mark.parametrize("to", list(PartState))
def test_the_schema_refuses_what_the_code_refuses(
    queue: Queue, frm: PartState, to: PartState
) -> None:
    queue.accept()
    trigger = queue.value("SELECT sql FROM sqlite_master WHERE name = 'part_moves'")
    queue.connection.execute("DROP TRIGGER part_moves")
    queue.connection.execute("UPDATE part SET state = ?", (frm.value,))
    queue.connection.execute(trigger)
    if frm is to or allowed(frm, to):
        queue.connection.execute("UPDATE part SET state = ?", (to.value,))
    else:
        with pytest.raises(sqlite3.IntegrityError):
            queue.connection.execute("UPDATE part SET state = ?", (to.value,))


def test_unknown_part_and_message(queue: Queue) -> None:
    with pytest.raises(NotFoundError):
        queue.run(lambda uow: move_part(uow, 99, PartState.QUEUED))
    with pytest.raises(NotFoundError):
        queue.run(lambda uow: move_message(uow, 99, PartState.QUEUED))


def test_event_and_feed_speak_of_the_same_move(queue: Queue) -> None:
    batch = queue.accept()
    queue.run(lambda uow: move_message(uow, batch.message_ids[0], PartState.FAILED, "cms:195"))
    event = queue.events[-1]
    assert (event.action, event.object) == ("message.failed", batch.messages[0])
    assert event.details["cause"] == "cms:195"
    told = queue.rows("SELECT kind, ref, body FROM feed WHERE topic = 'message'")
    assert [(k, r) for k, r, _ in told] == [("failed", batch.messages[0])]
    body = json.loads(told[0][2])
    assert body == {"batch": batch.public_id, "from": "queued", "cause": "cms:195", "priority": 2}


def test_a_batch_wakes_up_again(queue: Queue) -> None:
    batch = queue.accept()
    for state in (PartState.SUBMITTING, PartState.SUBMITTED):
        queue.run(partial(move_message, message_id=batch.message_ids[0], to=state))
    assert queue.value("SELECT state FROM batch") == "done"
    assert queue.value("SELECT finished_at FROM batch") == queue.now
    queue.run(lambda uow: move_message(uow, batch.message_ids[0], PartState.QUEUED, "retry"))
    assert queue.value("SELECT state FROM batch") == "sending"
    assert queue.value("SELECT finished_at FROM batch") is None
