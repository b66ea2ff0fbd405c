"""How a verb gets at the gateway: over HTTP when a service runs, else by opening the store itself."""

from __future__ import annotations

from pathlib import Path

from ...store.errors import StoreLockedError
from ...store.lock import DataDirLock
from ..client import Client
from ..config import Config


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
