"""T20: one encoding only."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.audit.canonical import MAX_INTEGER, encode, parse, parse_object
from estate_sms.audit.errors import FormatError

KEYS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(KEYS, v, max_size=4), max_leaves=12
)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_what_is_encoded_is_parsed_and_the_writer_encodes_the_same(value: Any) -> None:
    data = encode(value)
    assert parse(data) == value
    assert msgspec.json.Encoder(order="sorted").encode(value) == data


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_a_format_error(data: bytes) -> None:
    try:
        value = parse(data)
    except FormatError:
        return
    assert encode(value) == data


@pytest.mark.parametrize(
    "data",
    [
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1, "b":2}',
        b'{"a":1}\n',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":-0}',
        b'{"a":9007199254740992}',
        b'{"a":-9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xed\xa0\x80"}',
        '{"楼":1}'.encode(),
        b'{"a":01}',
        b"",
        b"[" * 100_000,
        b'{"a":1}\0',
        '{"a":1}'.encode("utf-16"),
    ],
)
def test_t20_bytes_that_are_not_canonical_are_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        parse(data)


def test_t20_the_largest_integer_is_accepted() -> None:
    assert parse(b'{"a":9007199254740991}') == {"a": 2**53 - 1}
    with pytest.raises(FormatError):
        parse_object(b"[]")
    with pytest.raises(FormatError):
        encode(object())
