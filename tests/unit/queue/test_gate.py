from __future__ import annotations

import asyncio

import pytest

from estate_sms.queue import gate as gates
from estate_sms.queue.gate import Gate, GatedHandOver
from estate_sms.queue.observer import count_fed
from estate_sms.queue.stopped import StoppedBatches
from estate_sms.store.feed import FeedItem


def test_a_raise_after_looking_still_counts() -> None:
    gate = Gate()
    gate.raise_()
    mark = gate.mark
    gate.raise_()
    gate.lower(mark)
    assert gate.waiting
    gate.lower(gate.mark)
    assert not gate.waiting


async def test_others_wait_until_the_emergency_is_handed_over() -> None:
    class Ring:
        def may_begin(self) -> bool:
            return True

        def begin(self, attempt: int) -> None: ...
        def answered(self, attempt: int, tp_mr: int) -> None: ...

    gate = Gate()
    gate.taken(7)
    waiting = asyncio.create_task(gate.passed())
    await asyncio.sleep(0)
    assert gate.closed
    assert not waiting.done()
    handover = GatedHandOver(Ring(), gate, asyncio.get_running_loop())
    await asyncio.to_thread(handover.begin, 7)
    await waiting
    assert not gate.closed


async def test_a_stuck_modem_does_not_stop_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "HANDING", 0.01)
    gate = Gate()
    gate.taken(7)
    await gate.passed()
    assert not gate.closed


def test_batches_stop_and_go_on() -> None:
    stopped = StoppedBatches()
    stopped.told(
        [FeedItem("batch", "paused", "b1", {}), FeedItem("message", "cancelled", "b2", {})]
    )
    assert "b1" in stopped
    assert "b2" not in stopped
    stopped.told([FeedItem("batch", "sending", "b1", {})])
    assert "b1" not in stopped


class Counter:
    def __init__(self) -> None:
        self.seen: list[tuple[str, str, int]] = []

    def submitted(self, modem: str, seconds: float) -> None: ...
    def resting(self, modem: str, seconds: float) -> None: ...

    def transition(self, state: str, priority: str, n: int) -> None:
        self.seen.append((state, priority, n))


def test_transitions_are_counted_from_the_feed() -> None:
    counter = Counter()
    count_fed(
        [
            FeedItem("batch", "sending", "b1", {"to": "queued", "moved": 5, "priority": 2}),
            FeedItem("batch", "done", "b1", {}),
            FeedItem("message", "submitted", "m1", {"priority": 0}),
            FeedItem("inbox", "received", "i1", {}),
        ],
        counter,
    )
    assert counter.seen == [("queued", "normal", 5), ("submitted", "emergency", 1)]
