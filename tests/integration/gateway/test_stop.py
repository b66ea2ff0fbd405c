"""What a gateway still writes when it stops."""

from __future__ import annotations

import asyncio
from pathlib import Path

from estate_sms.gateway.app import running
from estate_sms.gateway.bank import ports
from estate_sms.gateway.config import Config
from estate_sms.gateway.house import open_house
from estate_sms.modem.emulator.settings import Settings


async def test_what_the_modems_told_last_is_durable_before_the_stop_is(tmp_path: Path) -> None:
    config = Config(data_dir=str(tmp_path))
    async with open_house(config) as house, ports(config, 1, Settings.fixed(0.02)) as found:
        async with running(config, house, found) as gateway, asyncio.timeout(60):
            while not gateway.ready().ready:
                await house.store.wait_fed(0.05)
        rows = await house.store.feed_after(0, topics=("modem",))
    assert [row.kind for row in rows][-2:] == ["ready", "absent"]
