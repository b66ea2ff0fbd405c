"""The store with the log that seals it: what every process that writes needs, served or not."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from ..audit.checkpoints import close_log, newest_signed
from ..audit.keys import Keys
from ..audit.log import AuditLog
from ..audit.vault import SubjectVault
from ..store.errors import StoreError
from ..store.feed import newest
from ..store.steady import SteadyClock
from ..store.store import Store
from .config import Config


@dataclass(frozen=True, slots=True)
class House:
    """An open data directory; this process is its one writer."""

    store: Store
    keys: Keys
    vault: SubjectVault
    log: AuditLog
    data_dir: Path
    clock: SteadyClock


@contextlib.asynccontextmanager
async def open_house(config: Config, clock: SteadyClock | None = None) -> AsyncGenerator[House]:
    """Open ``config.data_dir``; closes the log's epoch and the store at the end. ``clock``: the
    time to go by; ``None``: the machine's.

    Raises :class:`~..store.errors.StoreError` (in use, newer, damaged, read-only) and
    :class:`~..audit.errors.AuditError` (keys missing, log damaged).
    """
    data_dir = Path(config.data_dir)
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)  # noqa: ASYNC240 - once, at start
    kek_file = Path(config.audit.kek_file) if config.audit.kek_file else None
    keys = Keys.load(data_dir, kek_file, auditor_key(config))
    vault = SubjectVault(keys)
    steady = clock or SteadyClock()
    opened: list[AuditLog] = []

    def make_recorder(connection: sqlite3.Connection) -> AuditLog:
        steady.start(max(newest(connection), newest_signed(connection)))
        log = AuditLog.load(connection, keys, steady, vault=vault, timezone=config.zone)
        opened.append(log)
        return log

    store = await Store.open(data_dir, make_recorder, clock=steady)
    try:
        yield House(store, keys, vault, opened[0], data_dir, steady)
    finally:
        with contextlib.suppress(StoreError):  # the next start closes the epoch then
            await close_log(store, opened[0])
        await store.close()


def auditor_key(config: Config) -> str | None:
    """The auditor's public key, given itself or as a file's path."""
    value = config.audit.auditor_public_key
    if not value:
        return None
    path = Path(value)
    if value.startswith("/") and path.is_file():
        return path.read_text(encoding="utf-8")
    return value
