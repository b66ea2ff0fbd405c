"""A long message of which a part never comes: what a whole gateway shows of it, and when."""

from __future__ import annotations

import asyncio
from pathlib import Path

from estate_sms.gateway.config import Config
from estate_sms.gateway.sections import ModemEntry
from estate_sms.gateway.wiring import Gateway
from estate_sms.modem.emulator.control import Inbound, Request
from estate_sms.modem.emulator.process import spawn_bank
from estate_sms.modem.emulator.settings import Settings
from estate_sms.queue import queries
from estate_sms.queue.inbox_parts import GAP, PATIENCE
from estate_sms.store.clock import SECOND, system_clock
from estate_sms.store.steady import SteadyClock, boottime

from .conftest import opened

SENDER = "+8613800138009"
PIECE = 67
"""Characters of a part in UCS-2."""
FIRST, SECOND_PART, LAST = "一" * PIECE, "二" * PIECE, "三" * 5


async def shown(gateway: Gateway) -> list[tuple[str | None, str | None, bool]]:
    house = gateway.house
    page = await house.store.read(lambda c: queries.inbox(c, house.vault))
    return [(view.sender, view.text, view.complete) for view in page.items]


async def parts(gateway: Gateway) -> int:
    found = await gateway.house.store.read(
        lambda c: c.execute("SELECT id FROM inbox_part").fetchall()
    )
    return len(found)


async def test_it_is_shown_with_a_gap_after_its_time_also_over_a_restart(tmp_path: Path) -> None:
    off = [0]
    bank = await asyncio.to_thread(spawn_bank, 1, tmp_path / "bank", Settings.fixed(0.02))
    config = Config(
        data_dir=str(tmp_path / "data"), modem=(ModemEntry(port=bank.ports[0], label="A1"),)
    )

    def clock() -> SteadyClock:
        return SteadyClock(lambda: system_clock() + off[0], boottime, lambda: True)

    try:
        async with opened(config, clock=clock()) as gateway, asyncio.timeout(60):
            long = Inbound(0, SENDER, FIRST + SECOND_PART + LAST, reference=7, order=(3, 1))
            await asyncio.to_thread(bank.control.request, Request(inbound=long))
            while await parts(gateway) < 2:
                await gateway.house.store.wait_fed(0.05)
            assert await gateway.inbox.close_incomplete() == 0, "it may still become whole"
        off[0] = PATIENCE + 60 * SECOND
        async with opened(config, clock=clock()) as gateway, asyncio.timeout(60):
            while not await shown(gateway):
                await gateway.house.store.wait_fed(0.05)
            assert await shown(gateway) == [(SENDER, FIRST + GAP + LAST, False)]
    finally:
        await asyncio.to_thread(bank.stop)
