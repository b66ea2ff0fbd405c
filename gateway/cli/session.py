"""How a verb gets at the gateway: over HTTP when a service runs, else by opening the store itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ...store.errors import StoreLockedError
from ...store.lock import DataDirLock
from ..client import Client
from ..config import Config

if TYPE_CHECKING:
    from ..house import House


def client(config: Config) -> Client:
    """A client of the service that runs on this configuration's data directory."""
    return Client.local(Path(config.data_dir))


def service_runs(config: Config) -> bool:
    """Whether another process holds ``data_dir/lock``."""
    data_dir = Path(config.data_dir)
    if not data_dir.is_dir():
        return False
    lock = DataDirLock(data_dir)
    try:
        lock.acquire()
    except StoreLockedError:
        return True
    lock.release()
    return False


def in_house(config: Config, work: Callable[[House], Awaitable[None]]) -> None:
    """Do ``work`` in the data directory, which no service uses now."""
    from ..house import open_house
    from .failures import plain_errors

    async def run() -> None:
        async with open_house(config) as house:
            await work(house)

    with plain_errors():
        asyncio.run(run())
