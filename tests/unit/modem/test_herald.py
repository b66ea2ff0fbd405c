from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any, cast

import pytest

from estate_sms.modem.herald import Herald
from estate_sms.modem.listener import BankListener, SeenReport
from estate_sms.modem.pdu import StatusReport
from estate_sms.modem.state import ModemStatus
from estate_sms.modem.watcher import Unwatched


class Listener:
    """Hears reports and late references only; may fail at one of those."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, int]] = []
        self.all_heard = asyncio.Event()
        self.fails_at = -1
        self.reports = 0
        self.reported = asyncio.Condition()

    async def status_report(self, report: SeenReport) -> None:
        async with self.reported:
            self.reports += 1
            self.reported.notify_all()

    async def until_reported(self, count: int) -> None:
        async with self.reported:
            await self.reported.wait_for(lambda: self.reports >= count)

    def late_reference(self, attempt: int, tp_mr: int) -> None:
        if attempt == self.fails_at:
            raise ValueError("news not wanted")
        self.heard.append((attempt, tp_mr))
        if tp_mr == 255:
            self.all_heard.set()


def herald(listener: Listener) -> Herald:
    made = Herald(cast(BankListener, listener), Unwatched())
    made.start(asyncio.get_running_loop())
    return made


def late(told: Herald, attempt: int, *references: int) -> None:
    """Tell of answers that came late."""
    for tp_mr in references:
        told.late(attempt, tp_mr)


def from_a_thread(work: Callable[[], object]) -> None:
    """Do ``work`` in a thread while the loop is busy: it waits for the end."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def count_wakings(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows whenever a thread wakes the loop."""
    loop, wakings = asyncio.get_running_loop(), list[object]()
    wake = loop.call_soon_threadsafe

    def woken(callback: Callable[..., object], *args: object) -> asyncio.Handle:
        wakings.append(callback)
        return wake(callback, *args)

    monkeypatch.setattr(loop, "call_soon_threadsafe", woken)
    return wakings


async def test_a_busy_loop_is_woken_once_and_hears_everything_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listener, wakings = Listener(), count_wakings(monkeypatch)
    told = herald(listener)
    for _ in range(3):
        listener.all_heard.clear()
        from_a_thread(lambda: late(told, 1, *range(256)))
        async with asyncio.timeout(30):
            await listener.all_heard.wait()
    assert listener.heard == [(1, tp_mr) for _ in range(3) for tp_mr in range(256)]
    assert len(wakings) == 3


async def test_news_told_while_others_are_being_heard_are_heard_too() -> None:
    """Whatever moment a thread chooses: nothing waits for the next to ring."""
    listener = Listener()
    told = herald(listener)
    for tp_mr in range(256):
        thread = threading.Thread(target=told.late, args=(2, tp_mr))
        thread.start()
        await asyncio.sleep(0)
        thread.join()
    async with asyncio.timeout(30):
        await listener.all_heard.wait()
    assert sorted(listener.heard) == [(2, tp_mr) for tp_mr in range(256)]


async def test_whoever_fails_at_one_thing_hears_the_next() -> None:
    listener, reported = Listener(), list[dict[str, Any]]()
    listener.fails_at = 3
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    told = herald(listener)
    from_a_thread(lambda: told.late(3, 1))
    from_a_thread(lambda: told.late(4, 255))
    async with asyncio.timeout(30):
        await listener.all_heard.wait()
    assert listener.heard == [(4, 255)]
    assert isinstance(reported[0]["exception"], ValueError)


async def test_reports_wait_for_the_next_look_and_none_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listener, wakings = Listener(), count_wakings(monkeypatch)
    told = herald(listener)
    status, report = ModemStatus(label="m0", port=""), StatusReport(1, "", None, None, 0)
    for count in range(1, 200):
        from_a_thread(lambda: told.heard(status, report, None))
        if count % 7 == 0:  # also between two looks, and after the last of a row
            async with asyncio.timeout(30):
                await listener.until_reported(count)
    assert len(wakings) < 100
    await told.stop(30)
    assert listener.reports == 199
