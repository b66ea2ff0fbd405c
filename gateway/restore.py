"""``restore``: an earlier state of the database in place of the present one.

Everything is done to a copy in a folder of its own, under the present keys; only a database that
opens, verifies and is durable takes the place, in one rename. A crash before it changes nothing.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from ..audit.checkpoints import close_log
from ..audit.keys import KEK, Keys
from ..audit.log import AuditLog
from ..audit.vault import SubjectVault
from ..queue.restored import Restored, after_restore
from ..queue.ring import FILE as HANDOVER
from ..store.backup import BackupError, Manifest, sync_folder, unpack
from ..store.clock import system_clock
from ..store.events import Event
from ..store.lock import DataDirLock
from ..store.store import DATABASE, Store
from ..store.unit import UnitOfWork
from .config import Config
from .house import auditor_key
from .language import _
from .withdrawn import Present, read_present, withdraw_again

STAGING = "restore.new"
UNDO = "before-restore-"
_BESIDE = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Report:
    """What a restore did."""

    manifest: Manifest
    queue: Restored
    withdrawn: int
    """Revocations, erasures and opt-outs made since the backup, made again."""
    undo: Path | None
    """Where the state before lies; ``None``: there was none."""
    present_readable: bool


async def restore(config: Config, file: Path, actor: str = "cli") -> Report:
    """Put the database in ``file`` in place of the present one; the service must be stopped.

    Raises :class:`~..store.errors.StoreError` (in use, damaged, newer, of another box) and
    :class:`~..audit.errors.AuditError` (keys missing); everything is as before then.
    """
    data_dir = Path(config.data_dir)
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)  # noqa: ASYNC240 - nothing else runs
    kek = Path(config.audit.kek_file) if config.audit.kek_file else data_dir / KEK
    if not kek.exists():
        words = _("the key file {path} is missing: a backup holds no keys; put it back first")
        raise BackupError(words.format(path=kek))
    lock = DataDirLock(data_dir)
    lock.acquire()
    staging = data_dir / STAGING
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        manifest = unpack(file, staging / DATABASE)
        present = read_present(data_dir / DATABASE)
        if present is not None and present.database_id != manifest.database_id:
            words = _(
                "{file} is of another gateway than {path}; move that directory's files away first if "
                "you mean it"
            )
            raise BackupError(words.format(file=file, path=data_dir))
        queue, withdrawn = await _prepare(config, staging, manifest, present, actor)
        undo = _swap(data_dir, staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        lock.release()
    return Report(manifest, queue, withdrawn, undo, present is not None or undo is None)


async def _prepare(
    config: Config, staging: Path, manifest: Manifest, present: Present | None, actor: str
) -> tuple[Restored, int]:
    """Open the copy with this box's keys, set its states, and close its log in order."""
    kek_file = Path(config.audit.kek_file) if config.audit.kek_file else None
    keys = Keys.load(Path(config.data_dir), kek_file, auditor_key(config))
    vault = SubjectVault(keys)
    logs: list[AuditLog] = []

    def make_recorder(connection: sqlite3.Connection) -> AuditLog:
        log = AuditLog.load(connection, keys, system_clock, vault=vault, timezone=config.zone)
        logs.append(log)
        return log

    store = await Store.open(staging, make_recorder)
    try:
        unit = partial(_unit, vault=vault, manifest=manifest, present=present, actor=actor)
        done = await store.write(unit)
        await close_log(store, logs[0])
        await store.empty_wal()
    finally:
        await store.close()
    return done


def _unit(
    uow: UnitOfWork, vault: SubjectVault, manifest: Manifest, present: Present | None, actor: str
) -> tuple[Restored, int]:
    withdrawn = 0 if present is None else withdraw_again(uow, vault, present)
    restored = after_restore(uow, actor)
    uow.record(
        Event(
            kind="sys",
            action="sys.restore",
            actor=actor,
            details={
                "made_at": manifest.made_at,
                "sha256": manifest.sha256,
                "log_records": manifest.log_records,
                "batches": restored.batches,
                "held": restored.held,
                "in_doubt": restored.in_doubt,
                "withdrawn": withdrawn,
                "present_readable": present is not None,
            },
        )
    )
    uow.feed("alarm", "restored", "", {"held": restored.held, "in_doubt": restored.in_doubt})
    return restored, withdrawn


def _swap(data_dir: Path, staging: Path) -> Path | None:
    """The rename. What was there before is linked away first, so that there is always a database."""
    database, undo = data_dir / DATABASE, None
    _sync_file(staging / DATABASE)
    if database.exists():
        undo = _free_name(data_dir)
        undo.mkdir(mode=0o700)
        _settle(database)
        os.link(database, undo / DATABASE)
        # A log of the old database must never be applied to the new one.
        for name in (*(DATABASE + end for end in _BESIDE), HANDOVER):
            with contextlib.suppress(FileNotFoundError):
                (data_dir / name).rename(undo / name)
        sync_folder(undo)
        sync_folder(data_dir)
    (staging / DATABASE).replace(database)
    (data_dir / HANDOVER).unlink(missing_ok=True)
    sync_folder(data_dir)
    return undo


def _free_name(data_dir: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    return data_dir / f"{UNDO}{stamp}"


def _settle(database: Path) -> None:
    """Move the write-ahead log into the file, if that still works: closing does it."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(database)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
