"""The store with the log that seals it: what every process that writes needs, served or not."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from ..audit.checkpoints import close_log
from ..audit.keys import Keys
from ..audit.log import AuditLog
from ..audit.vault import SubjectVault
from ..store.clock import system_clock
from ..store.errors import StoreError
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


@contextlib.asynccontextmanager
async def open_house(config: Config) -> AsyncGenerator[House]:
    """Open ``config.data_dir``; closes the log's epoch and the store at the end.

    Raises :class:`~..store.errors.StoreError` (in use, newer, damaged, read-only) and
    :class:`~..audit.errors.AuditError` (keys missing, log damaged).
    """
    data_dir = Path(config.data_dir)
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)  # noqa: ASYNC240 - once, at start
    kek_file = Path(config.audit.kek_file) if config.audit.kek_file else None
    keys = Keys.load(data_dir, kek_file, auditor_key(config))
    vault = SubjectVault(keys)
    opened: list[AuditLog] = []

    def make_recorder(connection: sqlite3.Connection) -> AuditLog:
        log = AuditLog.load(connection, keys, system_clock, vault=vault, timezone=config.zone)
        opened.append(log)
        return log

    store = await Store.open(data_dir, make_recorder)
    try:
        yield House(store, keys, vault, opened[0], data_dir)
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
