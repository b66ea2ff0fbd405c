"""``data_dir/run.json``: how verbs on this machine reach the running service."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from .errors import UnreachableError
from .language import _

NAME = "run.json"


class RunFile(msgspec.Struct, frozen=True):
    """Written with mode 0600 at start, removed at stop."""

    url: str
    token: str
    pid: int
    tls_cert: str = ""


def write(data_dir: Path, run: RunFile) -> None:
    """Write it so that a reader sees the old one or the new one, whole."""
    path = data_dir / NAME
    draft = path.with_suffix(".tmp")
    draft.unlink(missing_ok=True)
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(msgspec.json.encode(run))
    draft.replace(path)


def read(data_dir: Path) -> RunFile:
    """The running service's file. Raises :class:`UnreachableError` when there is none."""
    path = data_dir / NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunFile)
    except FileNotFoundError as error:
        message = _("no service runs on {path}; start it: estate-sms serve").format(path=data_dir)
        raise UnreachableError(message) from error
    except (OSError, msgspec.DecodeError) as error:
        message = _("{path} cannot be read; run this as the user the service runs as")
        raise UnreachableError(message.format(path=path)) from error


def remove(data_dir: Path) -> None:
    """Remove it; harmless when it is gone."""
    (data_dir / NAME).unlink(missing_ok=True)
