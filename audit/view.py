"""The table a person opens: one CSV row per record of the period, made from header and body alone.

The verifier makes it again and compares, so the view cannot say other than the records. Personal
values stay sealed: only the reference of their subject is shown.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, cast

from .canonical import encode
from .headers import Header

BOM = "\ufeff".encode()
COLUMNS = [
    "seq",
    "time",
    "epoch",
    "class",
    "action",
    "actor",
    "object",
    "result",
    "reason",
    "details",
    "personal",
    "leaf",
]
_SPECIAL = re.compile(r'[",\r\n]').search
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def heading() -> bytes:
    """Byte-order mark (Excel needs it for UTF-8) and the row of column names."""
    return BOM + _row(COLUMNS)


def view_row(header: Header, body: dict[str, Any] | None, leaf: bytes) -> bytes:
    """The row of a record; ``body`` is ``None`` when its epoch's key is not disclosed."""
    if header.opening is not None or header.closing is not None:
        action = "epoch.open" if header.opening is not None else "epoch.close"
        body = {"action": action, "actor": "system"}
    elif body is None:
        body = {"action": "(sealed)"}
    return _row(
        [
            str(header.seq),
            header.ts,
            str(header.epoch),
            header.kind,
            *(str(body.get(n, "")) for n in ("action", "actor", "object", "result", "reason")),
            encode(body["details"]).decode("utf-8") if "details" in body else "",
            _personal(body.get("personal")),
            leaf.hex(),
        ]
    )


def _personal(fields: object) -> str:
    if not isinstance(fields, dict):
        return ""
    cells: list[str] = []
    for name, value in sorted(cast("dict[str, Any]", fields).items()):
        try:
            cells.append(f"{name}={base64.b64decode(value['$s']).hex()}")
        except (KeyError, TypeError, ValueError, binascii.Error):
            cells.append(f"{name}=?")
    return " ".join(cells)


def _row(cells: list[str]) -> bytes:
    """A CSV row (RFC 4180); a cell that a spreadsheet would run as a formula is made text."""
    safe = ["'" + cell if cell.startswith(_FORMULA) else cell for cell in cells]
    quoted = ['"' + cell.replace('"', '""') + '"' if _SPECIAL(cell) else cell for cell in safe]
    return (",".join(quoted) + "\r\n").encode("utf-8", "replace")
