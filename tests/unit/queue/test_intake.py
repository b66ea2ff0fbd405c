from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from estate_sms.queue.drafts import NewHold, NewMessage
from estate_sms.queue.errors import HeldError, IntakeError, StateConflictError
from estate_sms.queue.intake import accept
from estate_sms.queue.priorities import Priority, Purpose
from estate_sms.queue.release import release
from estate_sms.store.clock import SECOND

if TYPE_CHECKING:
    from .conftest import Queue


HELD: dict[str, Any] = {"holds": [NewHold(kind="manual")]}
EMERGENCY: dict[str, Any] = {"priority": Priority.EMERGENCY, "purpose": "emergency"}


class Opens:
    """Sending hours that begin at one moment."""

    def __init__(self, at: int) -> None:
        self.at = at

    def next(self, purpose: Purpose, at: int) -> int:
        return max(self.at, at)


def test_ids_are_in_the_order_of_the_call(queue: Queue) -> None:
    batch = queue.accept(50)
    rows = queue.rows("SELECT id, public_id FROM message ORDER BY rank")
    assert [(i, p) for i, p in zip(batch.message_ids, batch.messages, strict=True)] == rows
    assert list(batch.messages) == sorted(batch.messages)
    numbers = [
        queue.vault.number(queue.connection, s)
        for (s,) in queue.rows("SELECT subject_id FROM message ORDER BY id")
    ]
    assert numbers == [f"+86138001380{i:02d}" for i in range(50)] or len(set(numbers)) == 50


def test_first_come_first_ranked(queue: Queue) -> None:
    first, second = queue.accept(5), queue.accept(5)
    rank = dict(queue.rows("SELECT id, rank FROM message"))
    assert [rank[i] for i in first.message_ids] == [0, 1, 2, 3, 4]
    assert [rank[i] for i in second.message_ids] == [1, 2, 3, 4, 5], "they take turns"


def test_a_shared_text_is_stored_once(queue: Queue) -> None:
    queue.accept(3)
    assert queue.rows("SELECT text FROM batch") == [("今晚八点停水",)]
    assert queue.value("SELECT count(text_sealed) FROM message") == 0


def test_the_text_of_one_recipient_is_sealed_as_theirs(queue: Queue) -> None:
    queue.accept(1)
    assert queue.value("SELECT text FROM batch") is None
    subject, sealed = queue.rows("SELECT subject_id, text_sealed FROM message")[0]
    assert "今晚".encode() not in sealed
    assert queue.vault.open(queue.connection, subject, "message.text", sealed) == "今晚八点停水"


def test_a_shared_text_with_personal_data_is_sealed_for_each_recipient(queue: Queue) -> None:
    queue.accept(3, personal=True)
    assert queue.value("SELECT text FROM batch") is None
    opened = [
        queue.vault.open(queue.connection, s, "message.text", t)
        for s, t in queue.rows("SELECT subject_id, text_sealed FROM message")
    ]
    assert opened == ["今晚八点停水"] * 3


def test_personal_texts_are_sealed_one_by_one(queue: Queue) -> None:
    messages = [
        NewMessage(number=f"+861380013800{i}", text=f"尊敬的{i}号", segments=1) for i in range(3)
    ]
    queue.accept(messages=messages, text=None)
    opened = [
        queue.vault.open(queue.connection, s, "message.text", t)
        for s, t in queue.rows("SELECT subject_id, text_sealed FROM message ORDER BY id")
    ]
    assert opened == ["尊敬的0号", "尊敬的1号", "尊敬的2号"]


def test_no_number_or_text_in_what_is_told(queue: Queue) -> None:
    batch = queue.accept(2)
    told = repr(queue.events) + repr(queue.rows("SELECT body, ref FROM feed")) + repr(batch)
    assert "13800" not in told
    assert "停水" not in told
    assert len(queue.events) == 1
    assert queue.events[0].details["messages"] == 2
    assert queue.value("SELECT count(*) FROM feed") == 1


def test_parts_of_a_long_message(queue: Queue) -> None:
    queue.accept(2, segments=3)
    assert queue.rows("SELECT message_id, seq FROM part ORDER BY id") == [
        (m, s) for m in (1, 2) for s in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("changes", "state", "batch_state"),
    [({}, "queued", "sending"), (HELD, "held", "held")],
)
def test_where_it_begins(queue: Queue, changes: Any, state: str, batch_state: str) -> None:
    batch = queue.accept(2, **changes)
    assert (batch.message_state, batch.state) == (state, batch_state)
    assert queue.states() == [state] * 2
    assert queue.value("SELECT state FROM batch") == batch_state
    assert {s for (s,) in queue.rows("SELECT state FROM part")} == {state}


def test_outside_sending_hours_it_is_scheduled(queue: Queue) -> None:
    at = queue.now + 3600 * SECOND
    batch = queue.accept(2, hours=Opens(at))
    assert batch.starts_at == at
    assert queue.rows("SELECT DISTINCT state, not_before FROM message") == [("scheduled", at)]


@pytest.mark.parametrize("changes", [EMERGENCY, {"priority": Priority.URGENT}])
def test_emergency_and_urgent_ignore_sending_hours(queue: Queue, changes: Any) -> None:
    batch = queue.accept(1, hours=Opens(queue.now + SECOND), **changes)
    assert batch.message_state == "queued"


def test_not_before(queue: Queue) -> None:
    batch = queue.accept(1, not_before=queue.now + SECOND, **EMERGENCY)
    assert batch.message_state == "scheduled"
    assert batch.starts_at == queue.now + SECOND


@pytest.mark.parametrize(
    "changes",
    [
        {"messages": []},
        {"priority": Priority.EMERGENCY},
        EMERGENCY | HELD,
        {"text": None},
        {"recallable": True, "segments": 2},
    ],
)
def test_what_the_desk_should_never_build(queue: Queue, changes: Any) -> None:
    with pytest.raises(IntakeError):
        queue.accept(2, **changes)


def test_the_digest_covers_everything_an_approver_approves(queue: Queue, new_notice: Any) -> None:
    base = new_notice(3)
    variants = [
        base,
        replace(base, text="今晚九点停水"),
        replace(base, purpose="activity"),
        replace(base, priority=Priority.BULK),
        replace(base, flash=True),
        replace(base, recallable=True),
        replace(base, not_before=queue.now + 1),
        replace(base, valid_until=queue.now + 1),
        replace(base, messages=base.messages[:2]),
        replace(base, messages=base.messages[::-1]),
        replace(base, messages=[*base.messages[:2], NewMessage(number="+8613800138111")]),
        replace(base, messages=[*base.messages[:2], replace(base.messages[2], text="别的")]),
    ]
    digests = [
        queue.run(partial(accept, vault=queue.vault, new=variant)).digest for variant in variants
    ]
    assert len(set(digests)) == len(variants)
    assert queue.run(lambda uow: accept(uow, queue.vault, base)).digest == digests[0]


def test_release_needs_no_open_hold(queue: Queue) -> None:
    batch = queue.accept(2, **HELD)
    with pytest.raises(HeldError):
        queue.run(lambda uow: release(uow, batch.id))
    with pytest.raises(sqlite3.IntegrityError):
        queue.connection.execute("UPDATE part SET state = 'queued'")
    queue.connection.execute("UPDATE hold SET closed_at = 1")
    assert queue.run(lambda uow: release(uow, batch.id)) == "sending"
    assert queue.states() == ["queued"] * 2
    assert queue.value("SELECT released_at FROM batch") == queue.now
    with pytest.raises(StateConflictError):
        queue.run(lambda uow: release(uow, batch.id))


def test_release_asks_for_the_hour_again(queue: Queue) -> None:
    batch = queue.accept(2, **HELD)
    queue.connection.execute("UPDATE hold SET closed_at = 1")
    at = queue.now + SECOND
    assert queue.run(lambda uow: release(uow, batch.id, Opens(at))) == "scheduled"
    assert queue.rows("SELECT DISTINCT state, not_before FROM message") == [("scheduled", at)]


def test_release_after_the_validity_expires_it(queue: Queue) -> None:
    batch = queue.accept(2, valid_until=queue.now + SECOND, **HELD)
    queue.connection.execute("UPDATE hold SET closed_at = 1")
    queue.now += 2 * SECOND
    assert queue.run(lambda uow: release(uow, batch.id)) == "done"
    assert queue.states() == ["expired"] * 2


def test_what_was_submitted_is_immutable(queue: Queue) -> None:
    queue.accept(2)
    for sql in (
        "UPDATE batch SET text = 'x'",
        "UPDATE batch SET digest = x'00'",
        "UPDATE message SET subject_id = 0",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            queue.connection.execute(sql)
