"""Brings a database to the newest schema, one migration a transaction."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from importlib import resources

from . import migrations
from .errors import MigrationError, StoreNewerError

_FILE = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")


def available() -> list[tuple[int, str]]:
    """The migrations this program has: (number, SQL text), ascending, each once."""
    found: list[tuple[int, str]] = []
    for entry in resources.files(migrations).iterdir():
        if match := _FILE.match(entry.name):
            found.append((int(match[1]), entry.read_text(encoding="utf-8")))
    found.sort()
    assert len({number for number, _ in found}) == len(found), "two migrations of one number"
    return found


def statements(script: str) -> Iterator[str]:
    """The single statements of ``script``; a trigger's inner semicolons do not split it."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if ";" in line and sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if any(line.strip() and not line.lstrip().startswith("--") for line in pending.splitlines()):
        yield pending


def migrate(connection: sqlite3.Connection, steps: list[tuple[int, str]] | None = None) -> int:
    """Apply what is missing; returns the version reached.

    ``connection`` is in autocommit mode. Raises :class:`StoreNewerError` for a database from a
    newer program and :class:`MigrationError` when a step fails: then the database is as before
    that step.
    """
    steps = available() if steps is None else steps
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    newest = steps[-1][0] if steps else 0
    if version > newest:
        msg = (
            f"the database has schema {version}, this program knows up to {newest}: "
            "it was written by a newer estate-sms; install that version again"
        )
        raise StoreNewerError(msg)
    for number, script in steps:
        if number > version:
            _apply(connection, number, script)
    return newest


def _apply(connection: sqlite3.Connection, number: int, script: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in statements(script):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        msg = f"migration {number:04} failed and was rolled back: {error}"
        raise MigrationError(msg) from error
