"""Canonical JSON: the one encoding of a record's header and body.

RFC 8785 restricted to ASCII keys, strings, booleans, null and integers of magnitude below 2^53; no
floats. Standard library only: the verifier reads with it, independently of the writer's encoder.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn, cast

from .errors import FormatError

MAX_INTEGER = 2**53 - 1
_MAX_DEPTH = 8

_encoder = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def encode(value: object) -> bytes:
    """The canonical bytes of ``value``. Raises :class:`FormatError`."""
    try:
        return _encoder.encode(value).encode()
    except (ValueError, TypeError, RecursionError) as error:
        msg = "a value has no canonical JSON form"
        raise FormatError(msg) from error


def parse(data: bytes) -> object:
    """The value of canonical ``data``. Raises :class:`FormatError` for any other bytes.

    Duplicate keys, white space, needless escapes, a byte-order mark and wrong key order are all
    caught by encoding again and comparing.
    """
    try:
        text = data.decode()
        value = _decoder.decode(text)
        again = _encoder.encode(value)
    except (ValueError, RecursionError) as error:
        msg = "not JSON in UTF-8"
        raise FormatError(msg) from error
    if again != text:
        msg = "JSON that is not in canonical form"
        raise FormatError(msg)
    if not text.isascii():
        _check_keys(value)
    return value


def parse_object(data: bytes) -> dict[str, Any]:
    """:meth:`parse`, for an object. Raises :class:`FormatError`."""
    value = parse(data)
    if not isinstance(value, dict):
        msg = "not a JSON object"
        raise FormatError(msg)
    return cast("dict[str, Any]", value)


def _integer(text: str) -> int:
    value = int(text) if len(text) < 20 else MAX_INTEGER + 1
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        msg = "an integer of 2^53 or more"
        raise FormatError(msg)
    return value


def _refuse(text: str) -> NoReturn:
    msg = "a number that is no integer"
    raise FormatError(msg)


_decoder = json.JSONDecoder(parse_int=_integer, parse_float=_refuse, parse_constant=_refuse)


def _check_keys(value: object, depth: int = 0) -> None:
    if isinstance(value, dict):
        mapping = cast("dict[str, object]", value)
        if depth > _MAX_DEPTH or not all(key.isascii() for key in mapping):
            msg = "a key that is not ASCII"
            raise FormatError(msg)
        for item in mapping.values():
            _check_keys(item, depth + 1)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            _check_keys(item, depth + 1)
