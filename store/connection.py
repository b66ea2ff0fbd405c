"""Opening SQLite, and the hop onto aiosqlite's thread."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar, cast

import aiosqlite

from .errors import StoreCorruptError, StoreError, StoreFullError, StoreUnwritableError

T = TypeVar("T")

_WRITER_PRAGMAS = (
    # Of a new database. A commit writes whole pages of which it changed little: small ones wear the
    # disk half as much as 4,096 octets do.
    "PRAGMA page_size = 2048",
    "PRAGMA journal_mode = WAL",
    # FULL: a commit that returned survives a power cut; everything the product promises rests on it.
    "PRAGMA synchronous = FULL",
    # Pages: 8 MiB. What changes often is copied into the database once for all of them.
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA foreign_keys = ON",
    # Freed pages are overwritten, so that a destroyed key does not linger in the file.
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16384",
    "PRAGMA busy_timeout = 5000",
)
_READER_PRAGMAS = (
    "PRAGMA query_only = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA busy_timeout = 5000",
)


async def connect(path: Path, *, writer: bool) -> aiosqlite.Connection:
    """An aiosqlite connection in autocommit mode. Raises a :class:`StoreError`."""
    connection = aiosqlite.connect(path, isolation_level=None, cached_statements=512)
    # Never keep the interpreter alive for a connection that nobody closed.
    connection._thread.daemon = True  # pyright: ignore[reportPrivateUsage]
    try:
        await connection
        for pragma in _WRITER_PRAGMAS if writer else _READER_PRAGMAS:
            await connection.execute(pragma)
    except sqlite3.Error as error:
        await connection.close()
        raise translate(error) from error
    return connection


def look_into(path: Path) -> contextlib.closing[sqlite3.Connection]:
    """``with look_into(path) as connection``: reads the database and can change nothing, in
    autocommit mode, also beside a running service. Raises :class:`sqlite3.Error`.

    The path is quoted: it may hold what means something in a URI.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    return contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None))


async def hop(connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Run ``work`` with the raw connection on its thread: one hop, however many statements.

    aiosqlite offers a hop per statement only; per statement it costs half the throughput.
    """
    execute = cast(
        "Callable[..., Awaitable[T]]",
        connection._execute,  # pyright: ignore[reportPrivateUsage,reportUnknownMemberType]
    )
    return await execute(work, connection._conn)  # pyright: ignore[reportPrivateUsage]


def truncate_wal(connection: sqlite3.Connection) -> bool:
    """``wal_checkpoint(TRUNCATE)`` without waiting for readers: units wait behind this."""
    patience = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        return bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(patience)}")


def translate(error: sqlite3.Error) -> StoreError:
    """The store's own error for one of SQLite's."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StoreFullError("no space left for the database")
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return StoreUnwritableError("the database cannot be written: read-only, or no rights")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return StoreCorruptError("the database file is damaged or is no database")
    return StoreError(f"SQLite: {getattr(error, 'sqlite_errorname', type(error).__name__)}")
