"""Checks of an installation. Each finding says what is wrong and the line that fixes it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from ..api.server import BindingError, check_binding
from ..store.clock import rfc3339, system_clock
from ..store.errors import StoreError
from ..store.feed import newest as newest_row
from ..store.lock import DataDirLock
from ..store.steady import EARLIEST, STEP
from ..store.store import DATABASE
from .alarms.book import standing
from .alarms.words import sentence
from .config import Config
from .doctor_modems import manager, ports, service
from .doctor_record import ballast, rotation
from .findings import Finding

_LOW_SPACE = 512 * 1024 * 1024
Check = Callable[[Config], Iterator[Finding]]


def examine(config: Config) -> list[Finding]:
    """Every check's findings, in the order of :data:`CHECKS`; no check may stop the others."""
    found: list[Finding] = []
    for check in CHECKS:
        try:
            found += check(config)
        except (OSError, subprocess.SubprocessError) as error:
            found.append(Finding("error", f"{check.__name__}: {getattr(error, 'strerror', error)}"))
    return found


def python(config: Config) -> Iterator[Finding]:
    """The interpreter."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("ok", f"Python {version}, SQLite {sqlite3.sqlite_version}")


def clock(config: Config) -> Iterator[Finding]:
    """A clock that was never set makes every time in the record wrong."""
    if system_clock() < EARLIEST:
        yield Finding("error", "the clock was never set", "timedatectl set-ntp true")
    else:
        yield Finding("ok", f"the clock is set; the estate's time zone is {config.timezone}")


def alarms(config: Config) -> Iterator[Finding]:
    """What stands, also when no service runs; and whether the clock fits what is on record."""
    path = Path(config.data_dir) / DATABASE
    if not path.exists():
        return
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            rows, newest = standing(connection), newest_row(connection)
        finally:
            connection.close()
    except sqlite3.Error:
        return  # another check says so
    for row in rows:
        words = sentence(row.code, row.ref, "en")
        since = rfc3339(row.raised_at)[:16].replace("T", " ")
        yield Finding("error", f"alarm since {since} UTC: {words}", "estate-sms alarms")
    if newest - system_clock() > STEP:
        yield Finding("error", "the clock is behind what is on record",
                      "timedatectl set-ntp true, or set it; then estate-sms clock accept")  # fmt: skip


def data_directory(config: Config) -> Iterator[Finding]:
    """Rights, space and the writer's lock."""
    folder = Path(config.data_dir)
    if not folder.is_dir():
        yield Finding("note", f"{folder} does not exist yet; the service makes it")
        return
    if not os.access(folder, os.W_OK):
        yield Finding("error", f"{folder} is not writable", f"chown -R estate-sms: {folder}")
        return
    if folder.stat().st_mode & 0o077:
        yield Finding("warning", f"others can look into {folder}", f"chmod 700 {folder}")
    free = shutil.disk_usage(folder).free
    if free < _LOW_SPACE:
        yield Finding("warning", f"only {free // 1024**2} MiB left for {folder}", "make space")
    lock = DataDirLock(folder)
    try:
        lock.acquire()
    except StoreError:
        yield Finding("ok", f"a service runs on {folder}")
    else:
        lock.release()
        yield Finding("note", f"no service runs on {folder}", "estate-sms serve")


def database(config: Config) -> Iterator[Finding]:
    """SQLite's own check of the file."""
    path = Path(config.data_dir) / DATABASE
    if not path.exists():
        return
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            answer = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error as error:
        answer = type(error).__name__
    if answer == "ok":
        yield Finding("ok", "the database is sound")
    else:
        yield Finding("error", f"the database is damaged ({answer})", "restore the last backup")


def keys(config: Config) -> Iterator[Finding]:
    """Keys that lie beside what they protect protect nothing."""
    folder = Path(config.data_dir)
    if not config.audit.kek_file:
        yield Finding(
            "warning",
            f"the key-encryption key lies in {folder}/kek: whoever takes the card reads everything",
            'move it off the card and set [audit] kek_file (see docs/howto/keys.md)',
        )  # fmt: skip
    elif not Path(config.audit.kek_file).is_file():
        yield Finding("error", f"kek_file {config.audit.kek_file} does not exist", "put it there")
    if (folder / "auditor.key").exists():
        yield Finding(
            "warning",
            f"the auditor's private key still lies in {folder}/auditor.key",
            "give it to the auditor, then delete it here (docs/howto/keys.md)",
        )


def http(config: Config) -> Iterator[Finding]:
    """Where the API would listen."""
    settings = config.http
    try:
        check_binding(
            settings.host, tls=bool(settings.tls_cert), insecure_lan=settings.insecure_lan
        )
    except BindingError as error:
        yield Finding("error", str(error), "set [http] tls_cert and tls_key")
    else:
        where = f"{settings.host} port {settings.port}"
        yield Finding(
            "ok", f"the API listens on {where}" + (" with TLS" if settings.tls_cert else "")
        )
    if settings.insecure_lan:
        yield Finding("warning", "http.insecure_lan: tokens and texts cross the LAN in the clear",
                      "set [http] tls_cert and tls_key")  # fmt: skip
    for name in (settings.tls_cert, settings.tls_key):
        if name and not os.access(name, os.R_OK):
            yield Finding(
                "error", f"{name} cannot be read", f"chown root:estate-sms {name}; chmod 640 {name}"
            )


CHECKS: tuple[Check, ...] = (
    python,
    clock,
    data_directory,
    database,
    alarms,
    keys,
    rotation,
    ballast,
    http,
    ports,
    manager,
    service,
)
