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
from ..store.connection import look_into
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
from .language import _, language

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
        yield Finding("error", _("the clock was never set"), "timedatectl set-ntp true")
    else:
        words = _("the clock is set; the estate's time zone is {zone}")
        yield Finding("ok", words.format(zone=config.timezone))


def alarms(config: Config) -> Iterator[Finding]:
    """What stands, also when no service runs; and whether the clock fits what is on record."""
    path = Path(config.data_dir) / DATABASE
    if not path.exists():
        return
    try:
        with look_into(path) as connection:
            rows, newest = standing(connection), newest_row(connection)
    except sqlite3.Error:
        return  # another check says so
    for row in rows:
        since = rfc3339(row.raised_at)[:16].replace("T", " ")
        what = sentence(row.code, row.ref, language())
        words = _("alarm since {since} UTC: {what}").format(since=since, what=what)
        yield Finding("error", words, "estate-sms alarms")
    if newest - system_clock() > STEP:
        yield Finding("error", _("the clock is behind what is on record"),
                      _("timedatectl set-ntp true, or set it; then estate-sms clock accept"))  # fmt: skip


def data_directory(config: Config) -> Iterator[Finding]:
    """Rights, space and the writer's lock."""
    folder = Path(config.data_dir)
    if not folder.is_dir():
        yield Finding(
            "note", _("{path} does not exist yet; the service makes it").format(path=folder)
        )
        return
    if not os.access(folder, os.W_OK):
        yield Finding(
            "error",
            _("{path} is not writable").format(path=folder),
            f"chown -R estate-sms: {folder}",
        )
        return
    if folder.stat().st_mode & 0o077:
        yield Finding(
            "warning", _("others can look into {path}").format(path=folder), f"chmod 700 {folder}"
        )
    free = shutil.disk_usage(folder).free
    if free < _LOW_SPACE:
        words = _("only {free} MiB left for {path}").format(free=free // 1024**2, path=folder)
        yield Finding("warning", words, _("make space"))
    lock = DataDirLock(folder)
    try:
        lock.acquire()
    except StoreError:
        yield Finding("ok", _("a service runs on {path}").format(path=folder))
    else:
        lock.release()
        yield Finding(
            "note", _("no service runs on {path}").format(path=folder), "estate-sms serve"
        )


def database(config: Config) -> Iterator[Finding]:
    """SQLite's own check of the file."""
    path = Path(config.data_dir) / DATABASE
    if not path.exists():
        return
    try:
        with look_into(path) as connection:
            answer = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        answer = type(error).__name__
    if answer == "ok":
        yield Finding("ok", _("the database is sound"))
    else:
        words = _("the database is damaged ({answer})").format(answer=answer)
        yield Finding("error", words, _("restore the last backup"))


def keys(config: Config) -> Iterator[Finding]:
    """Keys that lie beside what they protect protect nothing."""
    folder = Path(config.data_dir)
    if not config.audit.kek_file:
        yield Finding(
            "warning",
            _(
                "the key-encryption key lies in {path}: whoever takes the card reads everything"
            ).format(path=f"{folder}/kek"),
            _("move it off the card and set [audit] kek_file (see docs/howto/keys.md)"),
        )
    elif not Path(config.audit.kek_file).is_file():
        words = _("kek_file {path} does not exist").format(path=config.audit.kek_file)
        yield Finding("error", words, _("put it there"))
    if (folder / "auditor.key").exists():
        yield Finding(
            "warning",
            _("the auditor's private key still lies in {path}").format(
                path=f"{folder}/auditor.key"
            ),
            _("give it to the auditor, then delete it here (docs/howto/keys.md)"),
        )


def http(config: Config) -> Iterator[Finding]:
    """Where the API would listen."""
    settings = config.http
    try:
        check_binding(
            settings.host, tls=bool(settings.tls_cert), insecure_lan=settings.insecure_lan
        )
    except BindingError as error:
        yield Finding("error", str(error), _("set [http] tls_cert and tls_key"))
    else:
        words = (
            _("the API listens on {host} port {port} with TLS")
            if settings.tls_cert
            else _("the API listens on {host} port {port}")
        )
        yield Finding("ok", words.format(host=settings.host, port=settings.port))
    if settings.insecure_lan:
        yield Finding("warning", _("http.insecure_lan: tokens and texts cross the LAN in the clear"),
                      _("set [http] tls_cert and tls_key"))  # fmt: skip
    for name in (settings.tls_cert, settings.tls_key):
        if name and not os.access(name, os.R_OK):
            words = _("{path} cannot be read").format(path=name)
            yield Finding("error", words, f"chown root:estate-sms {name}; chmod 640 {name}")


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
