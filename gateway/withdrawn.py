"""What was withdrawn since a backup stays withdrawn when the backup comes back.

An erased person is not brought back to life, a revoked key opens nothing, who opted out stays out.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..store.connection import look_into
from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import Vault

_SQL = load(__name__, "restore.sql")
_NEEDED = ("shredded", "revoked", "disabled", "opted_out", "erasures")


@dataclass(frozen=True, slots=True)
class Present:
    """The database that a restore replaces, as far as it must not be forgotten."""

    database_id: str
    feed_head: int
    rows: dict[str, list[tuple[Any, ...]]]


def read_present(database: Path) -> Present | None:
    """What ``database`` holds of that; ``None`` when there is none, or it cannot be read."""
    if not database.exists():
        return None
    try:
        with look_into(database) as connection:
            return Present(
                str(connection.execute(_SQL["database_id"]).fetchone()[0]),
                int(connection.execute(_SQL["feed_head"]).fetchone()[0]),
                {name: connection.execute(_SQL[name]).fetchall() for name in _NEEDED},
            )
    except (sqlite3.Error, TypeError):
        return None


def withdraw_again(uow: UnitOfWork, vault: Vault, present: Present) -> int:
    """Do to a restored database what was done to ``present`` since; returns how many changes."""
    changes = 0
    for subject_row in present.rows["opted_out"]:
        subject, opt_out = subject_row[:8], subject_row[8:]
        uow.execute(_SQL["add_subject"], subject)
        changes += uow.execute(_SQL["opt_out"], (*opt_out, subject[1])).rowcount
    for erasure in present.rows["erasures"]:
        uow.execute(_SQL["add_erasure"], erasure)
        changes += uow.execute(_SQL["restrict"], (erasure[2],)).rowcount
    for (ref,) in present.rows["shredded"]:
        found = uow.execute(_SQL["not_shredded"], (ref,)).fetchone()
        if found is not None:
            vault.shred(uow, found[0])
            changes += 1
    changes += sum(uow.execute(_SQL["revoke"], row).rowcount for row in present.rows["revoked"])
    changes += sum(uow.execute(_SQL["disable"], row).rowcount for row in present.rows["disabled"])
    # Readers of the feed keep their place: numbers are never used twice.
    uow.execute(_SQL["advance_feed"], (present.feed_head, uow.now))
    return changes
