"""The export's table of contents, and the signed note that binds it to the log's current key."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any, cast

from .archive import MANIFEST, MEMBERS, SIGNATURE
from .canonical import encode, parse_object
from .errors import FormatError
from .notes import EXPORT_NOTE

_FIELDS = {"files", "first", "format", "from", "last", "origin", "size", "to", "warnings"}
LISTED = tuple(name for name in MEMBERS if name not in {MANIFEST, SIGNATURE})


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export says about itself.

    The log had ``size`` records; those from ``first`` to ``last`` are here in full, of the others
    their leaves. ``from_`` and ``to`` are the period asked for (RFC 3339, or empty); unless the log
    begins or ends there, ``first`` and ``last`` are its neighbours, so that nothing can be left out.
    """

    origin: str
    size: int
    first: int
    last: int
    from_: str
    to: str
    warnings: tuple[str, ...]
    files: tuple[dict[str, str | int], ...]

    def covers(self, seq: int) -> bool:
        """Whether the record ``seq`` is here in full."""
        return self.first <= seq <= self.last

    def in_period(self, ts: str) -> bool:
        """Whether a record of this time (RFC 3339) was asked for."""
        return self.from_ <= ts and (not self.to or ts < self.to)

    def encode(self) -> bytes:
        """The member's content."""
        return encode(
            {
                "files": list(self.files),
                "first": self.first,
                "format": EXPORT_NOTE,
                "from": self.from_,
                "last": self.last,
                "origin": self.origin,
                "size": self.size,
                "to": self.to,
                "warnings": list(self.warnings),
            }
        )


def parse_manifest(data: bytes) -> Manifest:
    """The manifest in ``data``. Raises :class:`FormatError`."""
    raw = parse_object(data)
    texts = [raw.get(name) for name in ("origin", "from", "to")]
    sound = (
        raw.keys() == _FIELDS
        and raw["format"] == EXPORT_NOTE
        and all(isinstance(text, str) for text in texts)
        and type(raw["size"]) is int
        and raw["size"] > 0
        and _range(raw["first"], raw["last"], raw["size"])
        and isinstance(raw["warnings"], list)
        and all(isinstance(item, str) for item in cast("list[object]", raw["warnings"]))
        and _files(raw["files"])
    )
    if not sound:
        msg = "the manifest does not have the form of this format"
        raise FormatError(msg)
    origin, from_, to = cast("list[str]", texts)
    files = tuple(cast("list[dict[str, str | int]]", raw["files"]))
    warnings = tuple(cast("list[str]", raw["warnings"]))
    return Manifest(origin, raw["size"], raw["first"], raw["last"], from_, to, warnings, files)


def _range(first: object, last: object, size: int) -> bool:
    return type(first) is int and type(last) is int and 0 <= first <= last < size


def _files(raw: Any) -> bool:  # noqa: ANN401 - decoded JSON
    return (
        isinstance(raw, list)
        and all(
            isinstance(item, dict) and item.keys() == {"name", "sha256", "size"}  # pyright: ignore[reportUnknownMemberType]
            for item in cast("list[object]", raw)
        )
        and tuple(item["name"] for item in cast("list[dict[str, object]]", raw)) == LISTED
    )


def note_text(origin: str, manifest: bytes) -> str:
    """The text that the current epoch's key signs."""
    digest = base64.b64encode(hashlib.sha256(manifest).digest()).decode()
    return f"{EXPORT_NOTE}\n{origin}\n{digest}\n"
