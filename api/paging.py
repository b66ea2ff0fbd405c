"""Cursor paging: an opaque cursor says where the next page begins."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, TypeAlias

import msgspec
from litestar.params import QueryParameter

from .problems import ApiError

MAX_LIMIT = 500
DEFAULT_LIMIT = 100
_VERSION = b"\x01"

Limit: TypeAlias = Annotated[
    int, QueryParameter(ge=1, le=MAX_LIMIT, description="Items a page, at most 500.")
]
CursorParameter: TypeAlias = Annotated[
    str | None, QueryParameter(name="cursor", description="`next_cursor` of the page before.")
]


def encode_cursor(kind: str, key: int) -> str:
    """The cursor that continues the list ``kind`` after the row with ``key``."""
    raw = _VERSION + msgspec.msgpack.encode((kind, key))
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode_cursor(kind: str, cursor: str | None) -> int | None:
    """The key in ``cursor``; ``None`` for the first page. Raises 422 ``bad_cursor``."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if raw[:1] != _VERSION:
            raise _bad()
        named, key = msgspec.msgpack.decode(raw[1:], type=tuple[str, int])
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise _bad() from None
    if named != kind or not 0 <= key < 1 << 63:
        raise _bad()
    return key


def _bad() -> ApiError:
    return ApiError(
        422,
        "bad_cursor",
        "This cursor is not one of this list; take next_cursor as it is, or begin without one.",
        field="cursor",
    )
