"""Who gets in, in which order, and who is turned away."""

from __future__ import annotations

import asyncio

from estate_sms.api.load import SMALL, Load

LARGE = 10 * SMALL


async def test_large_bodies_take_turns_in_order_and_small_ones_do_not_wait() -> None:
    load = Load(octets=2 * LARGE, patience=60)
    came: list[int] = []

    async def come(number: int, octets: int) -> None:
        assert await load.enter(octets)
        came.append(number)

    visitors = [asyncio.create_task(come(n, LARGE)) for n in range(4)]
    visitors.append(asyncio.create_task(come(9, SMALL)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert came == [0, 1, 9]
    for octets in (LARGE, LARGE):
        load.leave(octets)
    await asyncio.gather(*visitors)
    assert came == [0, 1, 9, 2, 3]


async def test_one_larger_than_all_there_is_comes_alone() -> None:
    load = Load(octets=LARGE, patience=0.01)
    assert await load.enter(1 << 30)
    assert not await load.enter(LARGE)
    load.leave(1 << 30)
    assert await load.enter(LARGE)


async def test_patience_ends_and_leaves_nothing_behind() -> None:
    load = Load(octets=LARGE, exchanges=2, patience=0.01)
    assert await load.enter(LARGE)
    for _ in range(5):
        assert not await load.enter(LARGE)
    waits = asyncio.create_task(load.enter(LARGE))
    await asyncio.sleep(0)
    assert not await load.enter(0), "no place is left"
    assert not await waits
    gone = asyncio.create_task(load.enter(LARGE))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    load.leave(LARGE)
    assert await load.enter(LARGE)
    assert await load.enter(0)
