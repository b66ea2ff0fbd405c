"""The table a person opens: one CSV row per record of the period, made from header and body alone.

The verifier makes it again and compares, so the view cannot say other than the records. Personal
values stay sealed: only the reference of their subject is shown.
"""

from __future__ import annotations

import re
from typing import cast

from .canonical import encode, parse_object
from .errors import FormatError
from .headers import Header
from .notes import decode64
from .quick import Cells, plain_cells

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
SEALED: Cells = ("(sealed)", "", "", "", "", "", "")
_FIELDS = frozenset(["action", "actor", "object", "result", "reason", "details", "personal"])
_QUOTED = re.compile(r'[",\r\n]').search
_SPECIAL = re.compile(r'["\r\n]').search
_RISKY = re.compile(r"(?:^|,)[=+\-@\t]").search
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def heading() -> bytes:
    """Byte-order mark (Excel needs it for UTF-8) and the row of column names."""
    return BOM + _row(COLUMNS)


def view_row(header: Header, cells: Cells | None, leaf: bytes) -> bytes:
    """The row of a record; ``cells`` is ``None`` when its epoch's key is not disclosed."""
    if header.opening is not None:
        cells = ("epoch.open", "system", "", "", "", "", "")
    elif header.closing is not None:
        cells = ("epoch.close", "system", "", "", "", "", "")
    return plain_row(str(header.seq), header.ts, str(header.epoch), header.kind, cells, leaf)


def plain_row(
    seq: str, ts: str, epoch: str, kind: str, cells: Cells | None, leaf: bytes
) -> bytes:  # fmt: skip
    """:func:`view_row`, from a header's own texts."""
    action, actor, about, result, reason, details, person = SEALED if cells is None else cells
    front = f"{seq},{ts},{epoch},{kind},{action},{actor},{about},{result},{reason}"
    back = f"{person},{leaf.hex()}"
    plain = f"{front},{back}"
    # Nearly every row needs neither quotes nor caution but for its details, which are JSON.
    if _SPECIAL(plain) is None and plain.count(",") == 10 and _RISKY(plain) is None:
        quoted = '"' + details.replace('"', '""') + '"' if details else ""
        return f"{front},{quoted},{back}\r\n".encode("utf-8", "replace")
    return _row([seq, ts, epoch, kind, *(SEALED if cells is None else cells), leaf.hex()])


def cells_of(body: bytes) -> Cells:
    """What a body says, a cell each. Raises :class:`FormatError` for one that is not canonical."""
    cells = plain_cells(body)
    if cells is not None:
        return cells
    found = parse_object(body)
    if not found.keys() <= _FIELDS or not {"action", "actor"} <= found.keys():
        raise FormatError("a body with missing or unknown fields")
    texts = [found.get(n, "") for n in ("action", "actor", "object", "result", "reason")]
    details = found.get("details", {})
    if not all(isinstance(text, str) for text in texts) or not isinstance(details, dict):
        raise FormatError("a body with a value of the wrong form")
    action, actor, about, result, reason = cast("list[str]", texts)
    shown = encode(found["details"]).decode("utf-8") if "details" in found else ""
    return action, actor, about, result, reason, shown, _personal(found.get("personal", {}))


def _personal(fields: object) -> str:
    if not isinstance(fields, dict):
        raise FormatError("personal fields of the wrong form")
    cells: list[str] = []
    for name, value in sorted(cast("dict[str, object]", fields).items()):
        ref = cast("dict[str, object]", value).get("$s") if isinstance(value, dict) else None
        if not isinstance(ref, str):
            raise FormatError("a personal field without its subject")
        cells.append(f"{name}={decode64(ref).hex()}")
    return " ".join(cells)


def _row(cells: list[str]) -> bytes:
    """A CSV row (RFC 4180); a cell that a spreadsheet would run as a formula is made text."""
    safe = ["'" + cell if cell.startswith(_FORMULA) else cell for cell in cells]
    quoted = ['"' + cell.replace('"', '""') + '"' if _QUOTED(cell) else cell for cell in safe]
    return (",".join(quoted) + "\r\n").encode("utf-8", "replace")
