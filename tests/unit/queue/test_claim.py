"""Claims and their outcomes, unit by unit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from estate_sms.queue.account import Past
from estate_sms.queue.claim import Claimer
from estate_sms.queue.drafts import NewMessage
from estate_sms.queue.gate import Gate
from estate_sms.queue.hours import AlwaysOpen, SendingHours
from estate_sms.queue.intents import Claimed, Intent, Sim, Wants
from estate_sms.queue.ledger import Quota
from estate_sms.queue.outcomes import Settled, record
from estate_sms.queue.priorities import Priority, Purpose
from estate_sms.queue.states import PartState
from estate_sms.queue.transitions import move_message
from estate_sms.queue.transmitter import Deletion, Outgoing, PartResult
from estate_sms.queue.units import Units, past
from estate_sms.store.clock import SECOND
from estate_sms.store.sql import load

if TYPE_CHECKING:
    from .conftest import Queue


A1 = Sim("A1", "460001111111111", True)
B2 = Sim("B2", "460002222222222", False)
EMERGENCY: dict[str, Any] = {"priority": Priority.EMERGENCY, "purpose": "emergency"}


class Closed:
    """Sending hours that open an hour after they are asked."""

    def next(self, purpose: Purpose, at: int) -> int:
        return at + 3600 * SECOND


class Bench:
    def __init__(self, queue: Queue, hours: SendingHours | None = None) -> None:
        self.queue = queue
        self.units = Units(Claimer(queue.vault, hours or AlwaysOpen()), None, Gate())

    def claim(self, sim: Sim = A1, wants: Wants = "any") -> Claimed:
        return self.queue.run(lambda uow: self.units.claim(uow, sim, wants))

    def take(self, sim: Sim = A1) -> Intent:
        intent = self.claim(sim).intent
        assert intent is not None
        return intent

    def answer(self, intent: Intent, *answers: Any) -> Settled:
        results = [
            PartResult(
                attempt=attempt,
                outcome="accepted" if isinstance(answer, int) else answer[0],
                tp_mr=answer if isinstance(answer, int) else None,
                cause="" if isinstance(answer, int) else answer[1],
                answered_at=self.queue.now,
            )
            for attempt, answer in zip(intent.attempts, answers, strict=True)
        ]
        return self.queue.run(lambda uow: record(uow, results))


@pytest.fixture
def bench(queue: Queue) -> Bench:
    return Bench(queue)


def test_an_intent_is_durable_with_an_attempt_for_each_part(queue: Queue, bench: Bench) -> None:
    queue.accept(1, segments=3)
    intent = bench.take()
    assert queue.states() == ["submitting"]
    rows = queue.rows("SELECT id, modem, imsi, outcome, intent_at FROM attempt ORDER BY id")
    assert rows == [(a, "A1", A1.imsi, "open", queue.now) for a in intent.attempts]
    task = intent.task
    assert isinstance(task, Outgoing)
    assert (task.number, task.text) == ("+8613800138000", "今晚八点停水")
    assert (task.total, task.seqs, task.attempts) == (3, (1, 2, 3), intent.attempts)
    assert "13800" not in repr(intent) + repr(queue.events)


def test_first_in_first_out_within_a_class_and_classes_by_rank(queue: Queue, bench: Bench) -> None:
    bulk = queue.accept(2, priority=Priority.BULK)
    normal = queue.accept(2)
    urgent = queue.accept(1, priority=Priority.URGENT)
    emergency = queue.accept(1, **EMERGENCY)
    order = [bench.take().message_id for _ in range(6)]
    assert order == [
        *emergency.message_ids,
        *urgent.message_ids,
        *normal.message_ids,
        *bulk.message_ids,
    ]
    assert bench.claim().intent is None


def test_a_prefetch_never_takes_an_emergency_nor_anything_behind_it(
    queue: Queue, bench: Bench
) -> None:
    queue.accept(1)
    queue.accept(1, **EMERGENCY)
    claimed = bench.claim(wants="lower")
    assert claimed.intent is None
    assert claimed.emergencies
    assert bench.take().priority == 0
    assert bench.claim(wants="emergency").intent is None
    assert bench.claim(wants="lower").intent is not None


def test_an_emergency_displaces_a_prefetched_intent(queue: Queue, bench: Bench) -> None:
    queue.accept(1, segments=2)
    fetched = bench.take()
    kept = queue.run(lambda uow: bench.units.make_room(uow, A1, fetched))
    assert kept == Claimed(None)
    assert queue.states() == ["submitting"]
    queue.accept(1, **EMERGENCY)
    claimed = queue.run(lambda uow: bench.units.make_room(uow, A1, fetched))
    assert claimed.displaced
    assert claimed.intent is not None
    assert claimed.intent.priority == 0
    assert queue.states() == ["queued", "submitting"]
    assert (
        queue.rows("SELECT outcome, cause FROM attempt ORDER BY id")[:2]
        == [("unsent", "displaced")] * 2
    )
    assert queue.value("SELECT tries FROM message WHERE id = 1") == 0
    assert bench.units.gate.closed
    # Its turn comes again, with the same reference.
    reference = queue.value("SELECT concat_ref FROM message WHERE id = 1")
    task = bench.take(B2).task
    assert isinstance(task, Outgoing)
    assert task.concat_ref == reference


def test_a_pinned_message_waits_for_its_sim(queue: Queue, bench: Bench) -> None:
    queue.accept(messages=[NewMessage(number="+8613800138000", imsi=B2.imsi)])
    later = queue.accept(1)
    assert bench.take(A1).message_id == later.message_ids[0]
    assert bench.claim(A1).intent is None
    assert bench.take(B2).message_id == 1


def test_expired_on_the_way_to_the_modem(queue: Queue, bench: Bench) -> None:
    queue.accept(3, valid_until=queue.now + SECOND)
    fresh = queue.accept(1)
    queue.now += 2 * SECOND
    assert bench.take().message_id == fresh.message_ids[0]
    assert queue.states() == ["expired"] * 3 + ["submitting"]


def test_sending_hours_are_asked_again(queue: Queue) -> None:
    queue.accept(2)
    bench = Bench(queue, Closed())
    assert bench.claim().intent is None
    assert queue.states() == ["scheduled"] * 2
    assert queue.rows("SELECT DISTINCT not_before FROM message") == [(queue.now + 3600 * SECOND,)]
    queue.accept(1, priority=Priority.URGENT)
    assert bench.claim().intent is not None


def test_a_long_row_of_things_to_set_aside_is_cut(queue: Queue) -> None:
    queue.accept(100)
    claimed = Bench(queue, Closed()).claim()
    assert claimed.more
    assert 0 < queue.states().count("scheduled") < 100


@pytest.mark.parametrize(
    ("batch_state", "state"),
    [("paused", "held"), ("cancelled", "cancelled"), ("returned", "cancelled")],
)
def test_nothing_of_a_stopped_batch_goes_out(
    queue: Queue, bench: Bench, batch_state: str, state: str
) -> None:
    queue.accept(1)
    queue.connection.execute("UPDATE batch SET state = ?", (batch_state,))
    assert bench.claim().intent is None
    assert queue.states() == [state]


def test_an_erased_recipient_holds_up_nobody(queue: Queue, bench: Bench) -> None:
    queue.accept(2)
    queue.run(
        lambda uow: queue.vault.shred(uow, queue.value("SELECT min(id) FROM subject WHERE id > 0"))
    )
    assert bench.take().message_id == 2
    assert queue.rows("SELECT state, cause FROM message WHERE id = 1") == [("failed", "erased")]


def test_a_text_that_does_not_open_is_set_aside(queue: Queue, bench: Bench) -> None:
    queue.accept(1)
    queue.connection.execute("DROP TRIGGER message_fixed")
    queue.connection.execute("UPDATE message SET text_sealed = x'00112233445566778899001122334455'")
    queue.accept(1)
    assert bench.take().message_id == 2
    assert queue.rows("SELECT state, cause FROM message WHERE id = 1") == [("failed", "vault")]


def test_replace_slots_rotate_per_sim_and_recipient(queue: Queue, bench: Bench) -> None:
    pids = list[int]()
    for _ in range(9):
        queue.accept(1, recallable=True)
        queue.now += SECOND
        bench.answer(intent := bench.take(), 1)
        task = intent.task
        assert isinstance(task, Outgoing)
        pids.append(task.pid)
    assert pids == [*range(0x41, 0x48), 0x41, 0x42]
    assert queue.value("SELECT count(*) FROM replace_slot") == 7
    assert queue.value("SELECT message_id FROM replace_slot WHERE pid = 66") == 9
    queue.accept(1, recallable=True)
    other = bench.take(B2).task
    assert isinstance(other, Outgoing)
    assert other.pid == 0x41


def test_a_recipients_references_differ(queue: Queue, bench: Bench) -> None:
    references = set[int]()
    for _ in range(20):
        queue.accept(1, segments=2)
        bench.answer(intent := bench.take(), 1, 2)
        task = intent.task
        assert isinstance(task, Outgoing)
        references.add(task.concat_ref)
    assert len(references) == 20
    assert references <= set(range(256))


def test_a_command_names_its_target(queue: Queue, bench: Bench) -> None:
    queue.accept(1)
    bench.answer(sent := bench.take(), 77)
    command = NewMessage(
        number="+8613800138000", kind="command", imsi=A1.imsi, target_attempt=sent.attempts[0]
    )
    queue.accept(messages=[command], text=None, kind="recall")
    task = bench.take().task
    assert task == Deletion(number="+8613800138000", target_mr=77, attempt=2)


def test_a_modem_without_commands_fails_them(queue: Queue, bench: Bench) -> None:
    command = NewMessage(number="+8613800138000", kind="command", imsi=B2.imsi)
    queue.accept(messages=[command], text=None, kind="recall")
    assert bench.claim(B2).intent is None
    assert queue.rows("SELECT state, cause FROM message") == [("failed", "command_unsupported")]


# -- outcomes ---------------------------------------------------------------------------------


def test_accepted(queue: Queue, bench: Bench) -> None:
    batch = queue.accept(1, segments=2)
    bench.answer(bench.take(), 255, 0)
    assert queue.states() == ["submitted"]
    assert queue.rows("SELECT tp_mr FROM part ORDER BY seq") == [(255,), (0,)]
    assert queue.rows("SELECT outcome, tp_mr FROM attempt ORDER BY id") == [
        ("accepted", 255),
        ("accepted", 0),
    ]
    assert queue.value("SELECT state FROM batch") == "done"
    kinds = [k for (k,) in queue.rows("SELECT kind FROM feed WHERE ref = ?", batch.messages[0])]
    assert kinds == ["submitting", "submitted"]


def test_unknown_keeps_the_rest_back(queue: Queue, bench: Bench) -> None:
    queue.accept(1, segments=3)
    bench.answer(bench.take(), 5, ("unknown", "timeout"), ("unsent", ""))
    assert queue.states() == ["in_doubt"]
    assert [s for (s,) in queue.rows("SELECT state FROM part ORDER BY seq")] == [
        "submitted",
        "in_doubt",
        "queued",
    ]
    assert bench.claim().intent is None
    assert bench.claim(B2).intent is None


@pytest.mark.parametrize("cause", ["cms:332", "timeout"])
def test_some_refusals_leave_it_open(queue: Queue, bench: Bench, cause: str) -> None:
    queue.accept(1)
    bench.answer(bench.take(), ("refused", cause))
    assert queue.states() == ["in_doubt"]
    assert queue.value("SELECT outcome FROM attempt") == "unknown"


def test_only_the_missing_parts_go_again_by_the_same_sim(queue: Queue, bench: Bench) -> None:
    queue.accept(1, segments=3)
    first = bench.take()
    bench.answer(first, 5, ("refused", "cms:41"), ("unsent", ""))
    assert queue.states() == ["scheduled"]
    queue.now = queue.value("SELECT not_before FROM message")
    queue.run(lambda uow: move_message(uow, 1, PartState.QUEUED, frm={PartState.SCHEDULED}))
    assert bench.claim(B2).intent is None
    again = bench.take(A1).task
    assert isinstance(again, Outgoing)
    assert isinstance(first.task, Outgoing)
    assert again.seqs == (2, 3)
    assert again.concat_ref == first.task.concat_ref


def test_a_permanent_refusal_fails_the_whole_message(queue: Queue, bench: Bench) -> None:
    queue.accept(1, segments=2)
    bench.answer(bench.take(), ("refused", "cms:195"), ("unsent", ""))
    assert queue.rows("SELECT state, cause FROM message") == [("failed", "cms:195")]
    assert queue.value("SELECT count(*) FROM part WHERE state = 'failed'") == 2


def test_a_message_accepted_in_part_is_incomplete(queue: Queue, bench: Bench) -> None:
    queue.accept(1, segments=2)
    bench.answer(bench.take(), 5, ("refused", "cms:195"))
    assert queue.rows("SELECT state, cause FROM message") == [("undeliverable", "incomplete")]


def test_the_budget_ends(queue: Queue, bench: Bench) -> None:
    queue.accept(1)
    for _ in range(3):
        bench.answer(bench.take(), ("refused", "cms:38"))
        if queue.states() == ["scheduled"]:
            queue.run(lambda uow: move_message(uow, 1, PartState.QUEUED))
    assert queue.rows("SELECT state, cause FROM message") == [("failed", "cms:38")]
    assert queue.value("SELECT count(*) FROM attempt WHERE outcome = 'refused'") == 3


def test_unsent_counts_nothing(queue: Queue, bench: Bench) -> None:
    queue.accept(1)
    for _ in range(5):
        assert bench.answer(bench.take(), ("unsent", "lost")).requeued
    assert queue.states() == ["queued"]
    assert queue.value("SELECT tries FROM message") == 0


def test_a_barred_sim_is_sent_to_rest(queue: Queue, bench: Bench) -> None:
    queue.accept(1)
    assert bench.answer(bench.take(), ("refused", "cms:8")).park > 0


def test_an_outcome_is_written_once(queue: Queue, bench: Bench) -> None:
    queue.accept(1)
    intent = bench.take()
    bench.answer(intent, 7)
    bench.answer(intent, ("unknown", "late"))
    assert queue.states() == ["submitted"]
    assert queue.rows("SELECT outcome, tp_mr FROM attempt") == [("accepted", 7)]


def test_a_resend_names_what_it_repeats(queue: Queue, bench: Bench) -> None:
    queue.accept(1)
    bench.answer(bench.take(), ("unsent", "lost"))
    bench.answer(bench.take(), ("unknown", "timeout"))
    queue.run(lambda uow: move_message(uow, 1, PartState.QUEUED, "operator"))
    bench.take()
    assert queue.rows("SELECT resend_of FROM attempt ORDER BY id") == [(None,), (None,), (2,)]


def test_usage_counts_what_was_handed_over(queue: Queue, bench: Bench) -> None:
    queue.accept(2, segments=2)
    bench.answer(bench.take(), 1, 2)
    bench.answer(bench.take(), ("unsent", "lost"), ("unsent", ""))
    quota = Quota(per_minute=9, distinct_per_day=9)
    used = past(queue.connection, A1.imsi, quota, queue.now)
    assert used.sent == [queue.now] * 2
    assert [at for _, at in used.met] == [queue.now]
    assert past(queue.connection, B2.imsi, quota, queue.now) == Past([], [], [])


def test_choosing_costs_the_same_however_long_the_history(queue: Queue) -> None:
    sql = load("estate_sms.queue.claim", "claim.sql")
    named = {"imsi": A1.imsi, "avoiding": "", "plmn": "", "patient": 0}
    asked: dict[str, Any] = {"heads": named, "emergency_heads": named, "routed_heads": ("46000",)}
    for name, given in asked.items():
        plan = queue.connection.execute("EXPLAIN QUERY PLAN " + sql[name], given).fetchall()
        steps = [detail for *_, detail in plan if detail.startswith(("SCAN message", "SEARCH"))]
        assert steps
        assert all(
            re.search("INDEX message_(ready|choosy|prefers|pinned|deadline)", s) for s in steps
        )
        assert not any(detail.startswith("USE TEMP B-TREE") for *_, detail in plan)
