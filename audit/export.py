"""Writes the log, or a period of it, into one file that verifies without this machine.

Records of the period are there in full; of every other record its leaf (and the clear headers that
open and close epochs), so that the period is shown in its place in the whole tree. Streamed: memory
does not grow with the log.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from ..store.clock import rfc3339
from ..store.sql import load
from . import archive, notes
from .anchoring import receipts
from .canonical import encode
from .envelope import seal_file
from .epochs import signing_key
from .errors import FormatError
from .export_plan import ExportError, Plan, plan_of
from .headers import parse_header
from .keys import Keys
from .manifest import Manifest, note_text
from .notes import encode64
from .sealing import open_body, wrap_for
from .view import cells_of, heading, view_row

_SQL = load(__name__, "export.sql")


def export(
    connection: sqlite3.Connection,
    keys: Keys,
    output: Path,
    from_: int | None = None,
    to_: int | None = None,
    *,
    for_: X25519PublicKey | None = None,
    sealed: bool = False,
) -> Manifest:
    """Write the records with ``from_ <= time < to_`` (microseconds) to ``output``.

    The file ends at the newest checkpoint. ``connection`` is in autocommit mode and may be
    read-only. With ``for_`` epoch keys are wrapped for that auditor and the table shows no bodies;
    without, the keys of the period's epochs are disclosed. With ``sealed`` the whole file is for
    that auditor alone. Raises :class:`ExportError`; an
    existing ``output`` is replaced only by a complete file.
    """
    from_text = "" if from_ is None else rfc3339(from_)
    to_text = "" if to_ is None else rfc3339(to_)
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    connection.execute("BEGIN")
    try:
        plan = plan_of(connection, keys, from_text, to_text)
        fd = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(fd, "w+b") as file:
            manifest = _write(connection, keys, plan, file, for_, from_text, to_text)
            if sealed and for_ is not None:
                _seal(file, draft, for_)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(output)
    except OSError as error:
        msg = f"cannot write the export {output}: {error.strerror}"
        raise ExportError(msg) from error
    except sqlite3.Error as error:
        msg = "the log cannot be read"
        raise ExportError(msg) from error
    finally:
        connection.execute("ROLLBACK")
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    return manifest


def _seal(file: BinaryIO, draft: Path, recipient: X25519PublicKey) -> None:
    """Put the draft's content into an envelope, through a file without a name."""
    with tempfile.TemporaryFile(dir=draft.parent) as sealed:
        seal_file(file, sealed, recipient)
        sealed.seek(0)
        file.seek(0)
        shutil.copyfileobj(sealed, file)
        file.truncate()


def _write(
    connection: sqlite3.Connection,
    keys: Keys,
    plan: Plan,
    file: BinaryIO,
    for_: X25519PublicKey | None,
    from_text: str,
    to_text: str,
) -> Manifest:
    out = archive.ArchiveWriter(file)
    _write_records(connection, plan, out)
    out.add(archive.EPOCHS, encode([_epoch(*row, size=plan.size) for row in plan.epochs]))
    with out.member(archive.CHECKPOINTS) as member:
        for (note,) in connection.execute(_SQL["checkpoints"], (plan.size,)):
            member.write(encode({"note": note.decode()}) + b"\n")
    listed = [receipt.listed() for receipt in receipts(connection, plan.size)]
    out.add(archive.ANCHORS, encode(listed))
    out.add(archive.KEYS, encode([_disclosed(plan, n, key, for_) for n, key in plan.keys.items()]))
    with out.member(archive.VIEW) as member:
        member.write(heading())
        for row in _rows(connection, plan, {} if for_ else plan.keys):
            member.write(row)
    manifest = Manifest(
        plan.origin,
        plan.size,
        plan.first,
        plan.last,
        from_text,
        to_text,
        keys.warnings,
        tuple(out.files),
    )
    content = manifest.encode()
    out.add(archive.MANIFEST, content)
    out.add(archive.SIGNATURE, _sign(connection, keys, plan, content))
    out.finish()
    return manifest


def _write_records(connection: sqlite3.Connection, plan: Plan, out: archive.ArchiveWriter) -> None:
    frames = {seq for _, opened, closed, _ in plan.epochs for seq in (opened, closed)}
    with out.member(archive.RECORDS) as member:
        for seq, header, body, leaf in connection.execute(_SQL["records"], (plan.size,)):
            if plan.inside(seq) or seq in frames:
                sealed = encode64(body).encode()
                member.write(b'{"c":"' + sealed + b'","h":' + header + b"}\n")
            else:
                member.write(b'{"l":"' + encode64(leaf).encode() + b'"}\n')


def _epoch(
    epoch: int, opened: int, closed: int | None, public: bytes, *, size: int
) -> dict[str, Any]:
    last = closed if closed is not None and closed < size else None
    return {"epoch": epoch, "first": opened, "last": last, "pk": encode64(public)}


def _disclosed(
    plan: Plan, epoch: int, key: bytes, for_: X25519PublicKey | None
) -> dict[str, str | int]:
    if for_ is None:
        return {"epoch": epoch, "key": encode64(key)}
    return {"epoch": epoch, "wrap": encode64(wrap_for(for_, key, plan.origin, epoch))}


def _rows(connection: sqlite3.Connection, plan: Plan, keys: dict[int, bytes]) -> Iterable[bytes]:
    for seq, raw, sealed, leaf in connection.execute(_SQL["records"], (plan.size,)):
        if not plan.inside(seq):
            continue
        # A damaged record is exported as it is; the verifier names it.
        with contextlib.suppress(FormatError):
            header = parse_header(raw)
            key = keys.get(header.epoch)
            cells = None
            if key is not None and header.opening is None and header.closing is None:
                cells = cells_of(open_body(key, header.epoch, seq, raw, sealed))
            yield view_row(header, cells, leaf)


def _sign(connection: sqlite3.Connection, keys: Keys, plan: Plan, manifest: bytes) -> bytes:
    """Sign with the epoch of the last record, or with the one it announced when it is closed."""
    epoch = connection.execute(_SQL["last_checkpoint"]).fetchone()[1]
    if connection.execute(_SQL["has_signer"], (epoch,)).fetchone() is None:
        epoch += 1
    key = signing_key(connection, keys, epoch)
    return notes.sign(note_text(plan.origin, manifest), notes.key_name(plan.origin, epoch), key)
