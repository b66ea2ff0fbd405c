"""Reading the newest records on this box, as far as its hot keys reach."""

from __future__ import annotations

import base64
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from ..store.sql import load
from .canonical import parse_object
from .epochs import hot_key
from .errors import AuditDamagedError, FormatError
from .headers import Header, parse_header
from .keys import Keys
from .sealing import open_body

_SQL = load(__name__, "log.sql")


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as the console shows it. ``readable`` is false once the hot key has expired.

    ``personal`` maps a field's name to its subject's 16-octet reference; the value stays sealed.
    """

    seq: int
    ts: str
    epoch: int
    kind: str
    action: str
    actor: str = ""
    object: str = ""
    result: str = ""
    reason: str = ""
    readable: bool = True
    details: dict[str, Any] = field(default_factory=dict[str, Any])
    personal: dict[str, bytes] = field(default_factory=dict[str, bytes])


def tail(
    connection: sqlite3.Connection, keys: Keys, limit: int = 100, before: int | None = None
) -> list[Entry]:
    """The newest records (below sequence ``before``), newest first.

    Raises :class:`~.errors.AuditDamagedError` for one that cannot be what was sealed.
    """
    hot: dict[int, bytes | None] = {}
    entries: list[Entry] = []
    bound = 2**62 if before is None else before
    for seq, raw, body in connection.execute(_SQL["newest"], (bound, limit)):
        try:
            header = parse_header(raw)
            if header.epoch not in hot:
                hot[header.epoch] = hot_key(connection, keys, header.epoch)
            entries.append(_entry(header, raw, body, hot[header.epoch]))
        except FormatError as error:
            raise AuditDamagedError(seq, str(error)) from error
    return entries


def _entry(header: Header, raw: bytes, sealed: bytes, key: bytes | None) -> Entry:
    seq, ts, epoch, kind = header.seq, header.ts, header.epoch, header.kind
    if header.opening is not None:
        return Entry(seq, ts, epoch, kind, "epoch.open", "system")
    if header.closing is not None:
        return Entry(seq, ts, epoch, kind, "epoch.close", "system")
    if key is None:
        return Entry(seq, ts, epoch, kind, "", readable=False)
    body = parse_object(open_body(key, epoch, seq, raw, sealed))
    action, actor, about, result, reason = (
        str(body.get(name, "")) for name in ("action", "actor", "object", "result", "reason")
    )
    details: dict[str, Any] = body.get("details", {})
    personal = {
        name: base64.b64decode(value["$s"]) for name, value in body.get("personal", {}).items()
    }
    return Entry(
        seq,
        ts,
        epoch,
        kind,
        action,
        actor,
        about,
        result,
        reason,
        details=details,
        personal=personal,
    )
