"""The verb that makes an export from a running store, and says so in the log first."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from ..store.clock import rfc3339
from ..store.connection import look_into
from ..store.events import Event, Scalar
from ..store.store import Store
from .checkpoints import checkpoint
from .export import export
from .export_plan import ExportError
from .keys import Keys
from .log import AuditLog
from .manifest import Manifest


async def export_log(
    store: Store,
    log: AuditLog,
    keys: Keys,
    database: Path,
    output: Path,
    from_: int | None = None,
    to_: int | None = None,
    *,
    for_: X25519PublicKey | None = None,
    sealed: bool = False,
    actor: str = "cli",
) -> Manifest:
    """Record that an export is made, sign a checkpoint over that record, then :func:`export`.

    The file proves its own making. Runs beside the store on a connection of its own.
    """
    details: dict[str, Scalar] = {
        "from": "" if from_ is None else rfc3339(from_),
        "to": "" if to_ is None else rfc3339(to_),
        "for": "" if for_ is None else fingerprint(for_),
        "sealed": sealed,
    }
    event = Event(kind="export", action="audit.export", actor=actor, details=details)
    await store.write(lambda uow: uow.record(event))
    await checkpoint(store, log)
    return await asyncio.to_thread(_export_apart, database, keys, output, from_, to_, for_, sealed)


def fingerprint(key: X25519PublicKey) -> str:
    """Eight octets that tell auditors' keys apart in the record."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def _export_apart(
    database: Path,
    keys: Keys,
    output: Path,
    from_: int | None,
    to_: int | None,
    for_: X25519PublicKey | None,
    sealed: bool,
) -> Manifest:
    try:
        with look_into(database) as connection:
            return export(connection, keys, output, from_, to_, for_=for_, sealed=sealed)
    except sqlite3.Error as error:
        msg = "the log cannot be read"
        raise ExportError(msg) from error
