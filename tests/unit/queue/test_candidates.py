"""What a message prefers, where that comes from, and what a claim makes of it."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from estate_sms.queue.drafts import AcceptedBatch
from estate_sms.queue.inbox_parts import take_inbound
from estate_sms.queue.intake import accept
from estate_sms.queue.operate import prioritise
from estate_sms.queue.plan.affinity import PATIENCE, ROUNDS
from estate_sms.queue.priorities import Priority
from estate_sms.queue.rounds import enter
from estate_sms.queue.routes import Route, Routes
from estate_sms.store.clock import SECOND
from estate_sms.store.sql import load

from .conftest import Air, notice

if TYPE_CHECKING:
    from .conftest import Queue

NUMBER = "+8613800138000"
OWN, OTHER, UNICOM = "460001234567890", "460002222222222", "460013333333333"
ROUTES = Routes([Route(("+86138",), ("46001",))])


class Reply(NamedTuple):
    imsi: str
    text: str = "好的"
    modem: str = "B2"
    sender: str = NUMBER
    reference: int | None = None
    total: int = 1
    seq: int = 1
    smsc_at: int | None = None


def prefers(queue: Queue) -> str | None:
    value: str | None = queue.value("SELECT prefer FROM message ORDER BY id DESC LIMIT 1")
    return value


def routed(queue: Queue, n: int = 1, **changes: Any) -> AcceptedBatch:
    new = notice(n, **changes)
    return queue.run(lambda uow: accept(uow, queue.vault, new, routes=ROUTES))


def test_the_sim_that_sent_or_heard_last_is_preferred(queue: Queue, air: Air) -> None:
    queue.accept(1)
    assert prefers(queue) is None
    air.send(1, imsi=OWN)
    queue.accept(1)
    assert prefers(queue) == OWN
    air.send("cms:195", imsi=OTHER)  # refused: it is not the one they know
    queue.accept(1)
    assert prefers(queue) == OWN
    queue.now += SECOND
    queue.run(lambda uow: take_inbound(uow, queue.vault, Reply(OTHER), NUMBER))
    queue.accept(1)
    assert prefers(queue) == OTHER


@pytest.mark.parametrize("priority", [Priority.EMERGENCY, Priority.URGENT])
def test_the_urgent_prefer_nobody(queue: Queue, air: Air, priority: Priority) -> None:
    queue.accept(1)
    air.send(1, imsi=OWN)
    purpose = "emergency" if priority == 0 else "service"
    routed(queue, priority=priority, purpose=purpose)
    assert prefers(queue) is None
    batch = queue.accept(1, priority=Priority.BULK).public_id
    assert prefers(queue) == OWN
    queue.run(lambda uow: prioritise(uow, batch, Priority.URGENT, "cli", "test"))
    assert prefers(queue) is None


def test_a_route_is_taken_unless_the_known_sim_fits_it(queue: Queue, air: Air) -> None:
    routed(queue)
    assert prefers(queue) == "46001"
    air.send(1, imsi=OWN)
    routed(queue)
    assert prefers(queue) == "46001"
    air.present(UNICOM)
    air.send(1, imsi=UNICOM)
    routed(queue)
    assert prefers(queue) == UNICOM


def test_a_refusal_frees_a_message_from_its_preference(queue: Queue, air: Air) -> None:
    queue.accept(1)
    air.send(1, imsi=OWN)
    queue.accept(1)
    air.send("cms:38", imsi=OWN)
    assert prefers(queue) is None


def known(queue: Queue, air: Air, n: int = 1) -> None:
    """``n`` recipients who know OWN have one more message each."""
    queue.accept(n)
    for _ in range(n):
        air.send(1, imsi=OWN)
    queue.accept(n)


def test_others_leave_it_to_the_sim_they_know_for_a_moment(queue: Queue, air: Air) -> None:
    known(queue, air)
    air.present(OWN, OTHER)
    assert air.idle(OTHER)
    assert not air.idle(OWN)
    queue.now += PATIENCE
    assert not air.idle(OTHER)


@pytest.mark.parametrize("hurdle", ["shut", "unwell", "pending", "full", "resting"])
def test_a_sim_that_would_keep_it_waiting_is_not_waited_for(
    queue: Queue, air: Air, hurdle: str
) -> None:
    known(queue, air)
    standing = air.present(OWN, OTHER)[OWN]
    if hurdle == "resting":
        standing.free_at = queue.now + SECOND
    else:
        setattr(standing, hurdle, True)
    # Full means full of strangers: who knows it is still served, so it is still waited for.
    assert air.idle(OTHER) == (hurdle == "full")


def test_a_full_sim_serves_those_who_know_it_and_emergencies(queue: Queue, air: Air) -> None:
    known(queue, air)
    stranger = queue.accept(messages=[*notice(2).messages[1:]])
    air.present(OWN, OTHER)[OWN].full = True
    assert air.send(1, imsi=OWN).message_id < stranger.message_ids[0]
    assert air.idle(OWN)
    queue.accept(1, priority=Priority.EMERGENCY, purpose="emergency")
    assert air.take(OWN).priority == 0
    assert air.take(OTHER).message_id == stranger.message_ids[0]


def test_a_claim_marks_the_sim_as_holding_one(queue: Queue, air: Air) -> None:
    queue.accept(1)
    standings = air.present(OWN, OTHER)
    air.take(OWN)
    assert (standings[OWN].pending, standings[OTHER].pending) == (True, False)


def test_work_of_ones_own_goes_first_but_not_for_ever(queue: Queue, air: Air) -> None:
    known(queue, air, 3)
    standings = air.present(OWN, OTHER)
    standings[OWN].pending = True
    most = ROUNDS * 2
    strangers = queue.accept(messages=notice(4 + 2 * most).messages[3:]).message_ids
    began = [air.take(OTHER).message_id for _ in range(most + 2)]
    ours = [message for message in began if message not in strangers]
    assert began[0] in strangers
    assert 1 <= len(ours) < len(began) - most // 2


def test_routed_messages_go_by_the_operator_and_by_others_without_it(
    queue: Queue, air: Air
) -> None:
    routed(queue, 2)
    air = Air(queue, ROUTES)
    standings = air.present(OTHER, UNICOM)
    assert air.idle(OTHER)
    air.send(1, imsi=UNICOM)
    standings[UNICOM].shut = True
    air.send(1, imsi=OTHER)
    assert queue.states() == ["submitted"] * 2


def test_newcomers_begin_behind_what_has_a_preference_too(queue: Queue, air: Air) -> None:
    known(queue, air, 5)
    air.take(OWN)
    first = queue.value("SELECT min(rank) FROM message WHERE state = 'queued'")
    assert queue.run(partial(enter, priority=Priority.NORMAL)) == first + 1


def test_accepting_costs_the_same_however_long_the_history(queue: Queue) -> None:
    sql = load("estate_sms.queue.intake", "intake.sql")["insert_message"]
    plan = queue.connection.execute("EXPLAIN QUERY PLAN " + sql, [None] * 19).fetchall()
    steps = [detail for *_, detail in plan if detail.startswith(("SCAN", "SEARCH"))]
    assert any("message_subject" in step for step in steps)
    assert not [step for step in steps if re.match("SCAN (m|p|a|inbox)", step)]
