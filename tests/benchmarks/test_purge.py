"""The nightly purge of a long history, and what others wait for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from estate_sms.estate.retention import Purge, Retention
from estate_sms.gateway.config import Config
from estate_sms.gateway.house import open_house
from estate_sms.store.store import Store
from estate_sms.store.unit import UnitOfWork
from tests.benchmarks.history import BATCH, add_batch


async def _waits(store: Store, done: asyncio.Event) -> list[float]:
    """Seconds that a unit which cannot wait waits, every 10 ms."""
    waits: list[float] = []
    while not done.is_set():
        began = time.perf_counter()
        await store.write(lambda uow: None)
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0.01)
    return waits


def _add(uow: UnitOfWork, first: int) -> None:
    add_batch(uow.connection, first)


def test_purge_beside_the_queue(
    tmp_path: Path, figures: Any, size: Callable[[int, int], int]
) -> None:
    count = size(1000, 10_000)

    async def work() -> tuple[list[float], list[float], int, int]:
        async with open_house(Config(data_dir=str(tmp_path))) as house:
            store = house.store
            for first in range(1, count, BATCH):
                await store.write(partial(_add, first=first))
            done = asyncio.Event()
            asyncio.get_running_loop().call_later(2.0, done.set)
            before = await _waits(store, done)
            done = asyncio.Event()
            beside = asyncio.create_task(_waits(store, done))
            purged = await Purge(store, house.vault, Retention()).run()
            done.set()
            return before, await beside, purged.messages, purged.events

    before, beside, messages, events = figures.run(work)
    assert messages == count
    assert events >= 3 * count - 1
    name = f"a unit beside the purge of {count:,} messages"
    figures.note(f"{name}: longest wait", max(beside) * 1000, "ms")
    figures.note(f"{name}: the same before it", max(before) * 1000, "ms")
    figures.note(f"{name}: median", sorted(beside)[len(beside) // 2] * 1000, "ms")
