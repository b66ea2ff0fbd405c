from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any, cast

from estate_sms.modem.herald import Herald
from estate_sms.modem.listener import BankListener
from estate_sms.modem.watcher import Unwatched


class Listener:
    """Hears late references only; may fail at one."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, int]] = []
        self.all_heard = asyncio.Event()
        self.fails_at = -1

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


def from_a_thread(work: Callable[[], object]) -> None:
    """Do ``work`` in a thread while the loop is busy: it waits for the end."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


async def test_a_busy_loop_is_woken_once_and_hears_everything_in_order(monkeypatch: Any) -> None:
    listener, wakings = Listener(), list[object]()
    loop = asyncio.get_running_loop()
    wake = loop.call_soon_threadsafe
    monkeypatch.setattr(loop, "call_soon_threadsafe", lambda *call: wakings.append(wake(*call)))
    told = herald(listener)
    for _ in range(3):
        listener.all_heard.clear()
        from_a_thread(lambda: [told.late(1, tp_mr) for tp_mr in range(256)])
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
    from_a_thread(lambda: (told.late(3, 1), told.late(4, 255)))
    async with asyncio.timeout(30):
        await listener.all_heard.wait()
    assert listener.heard == [(4, 255)]
    assert isinstance(reported[0]["exception"], ValueError)
