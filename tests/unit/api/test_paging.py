"""Cursors: opaque, of one list, and never a crash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.api.paging import decode_cursor, encode_cursor
from estate_sms.api.problems import ApiError


@given(st.sampled_from(["messages", "inbox", "recall:r1"]), st.integers(0, 2**63 - 1))
def test_a_cursor_comes_back(kind: str, key: int) -> None:
    cursor = encode_cursor(kind, key)
    assert decode_cursor(kind, cursor) == key
    assert cursor.replace("-", "").replace("_", "").isalnum()


def test_no_cursor_is_the_first_page() -> None:
    assert decode_cursor("messages", None) is None


@given(st.text(max_size=40))
def test_any_other_text_is_refused(text: str) -> None:
    # Whatever is taken is a cursor that could have been given out; nothing else raises but 422.
    refused: tuple[int, str] | None = None
    try:
        key = decode_cursor("messages", text)
    except ApiError as error:
        refused = (error.status, error.code)
    else:
        assert encode_cursor("messages", key or 0) == text.rstrip("=")
    assert refused in {None, (422, "bad_cursor")}


@pytest.mark.parametrize("key", [-1, 2**63])
def test_a_key_outside_the_database(key: int) -> None:
    with pytest.raises(ApiError):
        decode_cursor("messages", encode_cursor("messages", key))


def test_a_cursor_of_another_list() -> None:
    with pytest.raises(ApiError):
        decode_cursor("messages", encode_cursor("inbox", 3))
