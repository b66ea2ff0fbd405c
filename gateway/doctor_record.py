"""What the doctor says of the record's keys and of the space kept for emergencies."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from ..audit import keyfiles
from ..audit.errors import KeysError
from ..audit.keys import KEK
from ..audit.rotation import uncovered
from ..store.ballast import FILE, OCTETS
from ..store.connection import look_into
from ..store.store import DATABASE
from .config import Config
from .findings import Finding
from .language import _

_DAY = 86_400


def rotation(config: Config) -> Iterator[Finding]:
    """A rotation that was begun and not finished; one that is due."""
    path = Path(config.audit.kek_file or Path(config.data_dir) / KEK)
    try:
        content = keyfiles.read(path)
        generations = {} if content is None else keyfiles.parse_kek(content, path)
    except KeysError as error:
        yield Finding("error", str(error), _("put the right key file at {path}").format(path=path))
        return
    if len(generations) > 1:
        writable = keyfiles.writable(path)
        yield Finding(
            "warning",
            _(
                "a rotation of the key-encryption key is not finished: {path} still holds the old key"
            ).format(path=path),
            "estate-sms privacy rotate-key"
            + ("" if writable else _(", then install: estate-sms privacy key-file --final")),
        )
    first = _first_uncovered(Path(config.data_dir) / DATABASE)
    if first is None:
        return
    days = int((time.time() - first / 1_000_000) // _DAY)
    if days >= (config.audit.rotate_days or 31):
        yield Finding(
            "warning",
            _(
                "a person's key was destroyed {days} days ago, and copies from before still open it"
            ).format(days=days),
            _("estate-sms privacy rotate-key, then a new backup"),
        )


def _first_uncovered(database: Path) -> int | None:
    if not database.exists():
        return None
    try:
        with look_into(database) as connection:
            return uncovered(connection)
    except sqlite3.Error:
        return None  # a database of an older version, or a damaged one: another check says so


def ballast(config: Config) -> Iterator[Finding]:
    """Without it the next emergency on a full disk is refused."""
    folder = Path(config.data_dir)
    if not (folder / DATABASE).exists():
        return
    try:
        there = os.stat(folder / FILE).st_size >= OCTETS
    except OSError:
        there = False
    if not there:
        yield Finding(
            "warning",
            _(
                "the space kept for emergencies ({path}) is missing: on a full disk a warning could "
                "not be written"
            ).format(path=folder / FILE),
            _("free {mib} MiB; the running service makes it again within a minute").format(
                mib=2 * OCTETS // 1024**2
            ),
        )
