"""A whole gateway on emulated modems, in this process."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

from estate_sms.gateway.app import running
from estate_sms.gateway.bank import ports
from estate_sms.gateway.config import Config
from estate_sms.gateway.house import open_house
from estate_sms.gateway.wiring import Gateway
from estate_sms.modem.emulator.settings import Settings
from estate_sms.store.steady import SteadyClock


@contextlib.asynccontextmanager
async def opened(
    config: Config, modems: int = 0, clock: SteadyClock | None = None
) -> AsyncGenerator[Gateway]:
    """With ``modems`` emulated ones beside those of ``config``."""
    async with (
        open_house(config, clock) as house,
        ports(config, modems, Settings.fixed(0.02)) as found,
        running(config, house, found) as gateway,
    ):
        yield gateway
