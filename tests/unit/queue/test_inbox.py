"""Received messages: any order, repetitions, gaps, senders that are no numbers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from estate_sms.queue.inbox_parts import PATIENCE, close_stale, take_inbound
from estate_sms.queue.number_queries import inbox, received
from estate_sms.store.clock import SECOND

if TYPE_CHECKING:
    from .conftest import Queue


SENDER = "+8613800138000"


@dataclass(frozen=True, slots=True)
class Seen:
    text: str
    seq: int = 1
    total: int = 1
    reference: int | None = None
    sender: str = SENDER
    imsi: str = "460001"
    modem: str = "A1"
    smsc_at: int | None = 1_799_999_999 * SECOND


def take(queue: Queue, seen: Seen) -> str | None:
    return queue.run(lambda uow: take_inbound(uow, queue.vault, seen, seen.sender))


def texts(queue: Queue) -> list[str | None]:
    return [view.text for view in inbox(queue.connection, queue.vault).items]


def test_a_short_one_is_told_and_sealed(queue: Queue) -> None:
    ref = take(queue, Seen("退订"))
    assert ref is not None
    view = received(queue.connection, queue.vault, ref)
    assert view is not None
    assert (view.sender, view.text, view.complete, view.modem) == (SENDER, "退订", True, "A1")
    assert queue.rows("SELECT topic, kind, ref FROM feed") == [("inbox", "received", ref)]
    assert [event.action for event in queue.events] == ["inbox.received"]
    dump = "\n".join(queue.connection.iterdump())
    assert "退订" not in dump
    assert "13800138000" not in dump


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
def test_parts_in_any_order(queue: Queue, order: tuple[int, ...]) -> None:
    parts = {1: "一", 2: "二", 3: "三"}
    refs = [take(queue, Seen(parts[seq], seq, 3, 77)) for seq in order]
    assert [ref is not None for ref in refs] == [False, False, True]
    assert texts(queue) == ["一二三"]
    assert queue.value("SELECT count(*) FROM feed") == 1


def test_a_repetition_is_dropped(queue: Queue) -> None:
    assert take(queue, Seen("T"))
    assert take(queue, Seen("T")) is None
    take(queue, Seen("一", 1, 2, 77))
    assert take(queue, Seen("一", 1, 2, 77)) is None
    assert take(queue, Seen("二", 2, 2, 77))
    assert take(queue, Seen("二", 2, 2, 77)) is None
    assert texts(queue) == ["一二", "T"]


def test_what_only_looks_like_a_repetition_is_kept(queue: Queue) -> None:
    for seen in (
        Seen("T"),
        Seen("T", smsc_at=1_800_000_100 * SECOND),
        Seen("T", imsi="460002"),
        Seen("T", sender="+8613800138001"),
        Seen("T", smsc_at=None),
    ):
        assert take(queue, seen)
    assert take(queue, Seen("T", smsc_at=None)) is None
    queue.now += 2 * 3600 * SECOND
    assert take(queue, Seen("T", smsc_at=None))


def test_messages_with_the_same_reference_are_not_mixed(queue: Queue) -> None:
    take(queue, Seen("甲", 1, 2, 77))
    take(queue, Seen("乙一", 1, 2, 77, sender="+8613800138001"))
    take(queue, Seen("丙", 1, 2, 77, imsi="460002"))
    take(queue, Seen("丁", 1, 3, 77))
    assert take(queue, Seen("乙二", 2, 2, 77, sender="+8613800138001"))
    assert texts(queue) == ["乙一乙二"]


def test_a_reference_used_again_joins_the_newer_parts(queue: Queue) -> None:
    take(queue, Seen("旧", 1, 2, 77))
    queue.now += PATIENCE + SECOND
    later = queue.now
    assert take(queue, Seen("新二", 2, 2, 77, smsc_at=later)) is None
    assert take(queue, Seen("新一", 1, 2, 77, smsc_at=later))
    assert texts(queue) == ["新一新二"]


def test_what_never_became_whole_is_shown_with_a_gap(queue: Queue) -> None:
    take(queue, Seen("三", 3, 3, 77))
    take(queue, Seen("一", 1, 3, 77))
    assert queue.run(lambda uow: close_stale(uow, queue.vault, uow.now)) == 0
    queue.now += 10 * SECOND
    assert queue.run(lambda uow: close_stale(uow, queue.vault, uow.now)) == 1
    (view,) = inbox(queue.connection, queue.vault).items
    assert (view.text, view.complete) == ("一[…]三", False)
    assert queue.run(lambda uow: close_stale(uow, queue.vault, uow.now)) == 0


@pytest.mark.parametrize("sender", ["10086", "ESTATE", "物业"])
def test_senders_that_are_no_numbers(queue: Queue, sender: str) -> None:
    ref = take(queue, Seen("hello", sender=sender))
    assert ref is not None
    view = received(queue.connection, queue.vault, ref)
    assert view is not None
    assert view.sender == sender


def test_a_surrogate_pair_cut_in_two_is_made_whole(queue: Queue) -> None:
    take(queue, Seen("好\ud83d", 1, 2, 5))
    take(queue, Seen("\ude00好", 2, 2, 5))
    assert texts(queue) == ["好😀好"]


@pytest.mark.parametrize(("seq", "total", "reference"), [(0, 2, 5), (3, 2, 5), (1, 2, None)])
def test_an_impossible_place_is_a_message_of_its_own(
    queue: Queue, seq: int, total: int, reference: int | None
) -> None:
    assert take(queue, Seen("?", seq, total, reference))
    assert texts(queue) == ["?"]


def test_pages_newest_first(queue: Queue) -> None:
    for n in range(5):
        take(queue, Seen(str(n)))
    first = inbox(queue.connection, queue.vault, limit=2)
    second = inbox(queue.connection, queue.vault, limit=2, after=first.next_key)
    third = inbox(queue.connection, queue.vault, limit=2, after=second.next_key)
    pages = [[view.text for view in page.items] for page in (first, second, third)]
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    assert third.next_key is None
