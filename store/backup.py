"""A copy of the database while it is in use: one file that says what it is and whether it is whole.

The file is a zip archive of ``manifest.json`` and the database. It never holds a key: without the
key-encryption key of the box, numbers and texts of single persons in it stay closed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import IO

import msgspec

from .connection import look_into, translate
from .errors import StoreCorruptError, StoreError, StoreFullError, StoreNewerError
from .migrate import available
from .sql import load

_SQL = load(__name__, "backup.sql")
FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "estate-sms.db"
_CHUNK = 1 << 20
_LARGEST_MANIFEST = 65_536
_SPARE = 64 << 20
"""Octets of free space that a backup leaves alone: the gateway goes on writing."""
_DAMAGED = (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError)


class BackupError(StoreError):
    """This file cannot be restored, or no backup can be made here."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself; in the clear, without personal data."""

    format: int = FORMAT
    product: str
    """Version of the program that made it."""
    made_at: str
    """RFC 3339."""
    schema: int
    database_id: str
    octets: int
    """Of the database."""
    sha256: str
    """Of the database."""
    messages: int
    log_records: int
    """Records of the sealed log in it."""
    keys: str = "not included"


def write_backup(database: Path, file: Path, *, product: str, made_at: str) -> Manifest:
    """Copy ``database`` into ``file`` (mode 0600), which must not exist yet; blocking.

    Reads a snapshot through a connection of its own: the writer is never stopped. The file appears
    whole and durable, or not at all. Raises a :class:`StoreError`.
    """
    if file.exists():
        raise BackupError(f"{file} exists already; a backup never replaces a file")
    _require_space(database, file.absolute().parent)
    copy, draft = (file.with_name(f".{file.name}.{kind}") for kind in ("copy", "part"))
    try:
        for path in (copy, draft):
            path.unlink(missing_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        manifest = _copy(database, copy, product, made_at)
        _pack(manifest, copy, draft)
        os.link(draft, file)
        sync_folder(file.absolute().parent)
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error.strerror}") from error
    finally:
        for path in (copy, draft):
            path.unlink(missing_ok=True)
    return manifest


def read_manifest(file: Path) -> Manifest:
    """What ``file`` says of itself. Raises :class:`BackupError` or :class:`StoreNewerError`."""
    with _opened(file) as archive:
        return _manifest(archive, file)


def unpack(file: Path, target: Path) -> Manifest:
    """Write the database in ``file`` to ``target`` (mode 0600) once everything about it was checked.

    Raises :class:`BackupError` for a damaged file and :class:`StoreNewerError` for one of a newer
    program; ``target`` does not exist then.
    """
    with _opened(file) as archive:
        manifest = _manifest(archive, file)
        try:
            with archive.open(DATABASE) as source:
                found = _pour(source, target, manifest.octets)
            if found != (manifest.sha256, manifest.octets):
                raise BackupError(f"{file} is damaged: its database is not what its manifest says")
            _inspect(target, manifest)
        except StoreError:
            target.unlink(missing_ok=True)
            raise
        except _DAMAGED as error:
            target.unlink(missing_ok=True)
            raise BackupError(f"{file} is damaged: it cannot be unpacked") from error
    return manifest


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_space(database: Path, folder: Path) -> None:
    try:
        needed = 2 * database.stat().st_size + _SPARE
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise BackupError(f"no backup can be made: {error.strerror} ({error.filename})") from error
    if free < needed:
        raise StoreFullError(
            f"{folder} has {free >> 20} MiB free, a backup wants {needed >> 20} MiB while it is made"
        )


def _copy(database: Path, copy: Path, product: str, made_at: str) -> Manifest:
    try:
        with look_into(database) as connection:
            connection.execute(_SQL["copy"], (str(copy),))
        with look_into(copy) as connection:
            _require_sound(connection, copy)
            schema = int(connection.execute("PRAGMA user_version").fetchone()[0])
            database_id, messages, records = connection.execute(_SQL["facts"]).fetchone()
    except sqlite3.Error as error:
        raise translate(error) from error
    digest, octets = _hash(copy)
    return Manifest(
        product=product, made_at=made_at, schema=schema, database_id=database_id,
        octets=octets, sha256=digest, messages=messages, log_records=records,
    )  # fmt: skip


def _require_sound(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise StoreCorruptError(f"{path} is a damaged database")


def _hash(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size


def _pack(manifest: Manifest, copy: Path, draft: Path) -> None:
    with draft.open("r+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))
            archive.write(copy, DATABASE)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def _opened(file: Path) -> Generator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(file)
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}") from error
    except _DAMAGED as error:
        raise BackupError(f"{file} is no backup, or a damaged one") from error
    with archive:
        yield archive


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    try:
        with archive.open(MANIFEST) as source:
            manifest = msgspec.json.decode(source.read(_LARGEST_MANIFEST), type=Manifest)
    except (*_DAMAGED, OSError, msgspec.MsgspecError) as error:
        raise BackupError(f"{file} is no backup, or a damaged one") from error
    newest = available()[-1][0]
    if manifest.format > FORMAT or manifest.schema > newest:
        raise StoreNewerError(
            f"{file} was made by estate-sms {manifest.product} with schema {manifest.schema}, this "
            f"program knows up to {newest}: install that version first"
        )
    return manifest


def _pour(source: IO[bytes], target: Path, limit: int) -> tuple[str, int]:
    """Copy at most one chunk more than ``limit`` octets; SHA-256 and number of what was copied."""
    digest, octets = hashlib.sha256(), 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as sink:
        while octets <= limit and (chunk := source.read(_CHUNK)):
            digest.update(chunk)
            octets += len(chunk)
            sink.write(chunk)
        sink.flush()
        os.fsync(sink.fileno())
    return digest.hexdigest(), octets


def _inspect(database: Path, manifest: Manifest) -> None:
    """The database itself, whatever the manifest says of it."""
    try:
        with look_into(database) as connection:
            _require_sound(connection, database)
            schema = int(connection.execute("PRAGMA user_version").fetchone()[0])
            database_id = connection.execute(_SQL["facts"]).fetchone()[0]
    except sqlite3.Error as error:
        raise translate(error) from error
    if (schema, database_id) != (manifest.schema, manifest.database_id):
        raise BackupError("the backup is damaged: its manifest speaks of another database")
