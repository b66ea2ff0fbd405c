"""The quick reading of a record's line and the careful one say the same."""

from __future__ import annotations

import random
import re
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.audit.canonical import encode, parse_object
from estate_sms.audit.errors import FormatError
from estate_sms.audit.headers import Header, header_of, parse_header
from estate_sms.audit.quick import octets, plain_cells, record_line


def _lines(box: Any, read_member: Any) -> list[bytes]:
    return list(read_member(box.three_epochs().export(), "records.jsonl").splitlines(keepends=True))


def test_the_quick_reading_of_a_line_and_the_careful_one_agree(box: Any, read_member: Any) -> None:
    lines = _lines(box, read_member)
    pattern = record_line(box.log.origin)
    quick = 0
    for line in lines:
        careful = header_of(parse_object(line[:-1])["h"])
        match = pattern.fullmatch(line)
        assert (match is None) == (careful.opening is not None or careful.closing is not None)
        if match is not None:
            quick += 1
            _agree(match, careful)
    assert quick == len(lines) - 5
    assert record_line("estate-sms/other").fullmatch(lines[1]) is None


def _agree(match: re.Match[bytes], careful: Header) -> None:
    _, raw, epoch, kind, prev, seq, ts = match.groups()
    assert parse_header(raw) == careful
    assert (int(epoch), kind.decode(), int(seq), ts.decode()) == (
        careful.epoch, careful.kind, careful.seq, careful.ts,
    )  # fmt: skip
    assert octets(prev) == careful.prev


def test_what_the_quick_reading_accepts_the_careful_one_does_too(
    box: Any, read_member: Any
) -> None:
    line = _lines(box, read_member)[3]
    pattern = record_line(box.log.origin)
    rng = random.Random(4)
    accepted = 0
    for _ in range(4000):
        changed = bytearray(line)
        for _ in range(rng.randrange(1, 3)):
            at = rng.randrange(len(changed))
            changed[at] = rng.choice(b'0123456789aZ"=+/,:{}\\- \xc3')
        match = pattern.fullmatch(bytes(changed))
        if match is None or octets(match[1]) is None or octets(match[5]) is None:
            continue
        try:
            datetime.fromisoformat(match[7].decode())
        except ValueError:
            continue  # the quick way looks at the time when it changes
        _agree(match, header_of(parse_object(bytes(changed[:-1]))["h"]))
        accepted += 1
    assert accepted > 100


BODY = encode(
    {
        "action": "a", "actor": "key:k1", "details": {"a": 1, "b": "x,:", "c": None, "d": True},
        "object": "m1", "personal": {"to": {"$s": "A" * 22 + "==", "c": "AAAA", "n": "AA=="}},
        "reason": "", "result": "=1",
    }
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(BODY) - 1), st.sampled_from(b'"{},:ab09-\\=$ ')), max_size=2
    )
)
def test_a_body_is_read_quickly_only_if_it_is_canonical(changes: list[tuple[int, int]]) -> None:
    changed = bytearray(BODY)
    for at, octet in changes:
        changed[at] = octet
    cells = plain_cells(bytes(changed))
    if cells is None:
        assert changes
        return
    body = parse_object(bytes(changed))
    named = ("action", "actor", "object", "result", "reason")
    assert cells[:5] == tuple(body.get(name, "") for name in named)
    assert cells[5].encode() == (encode(body["details"]) if "details" in body else b"")


@pytest.mark.parametrize(
    "body",
    [
        b'{"action":"a","actor":"b","details":{"b":1,"a":2}}',
        b'{"action":"a","actor":"b","details":{"a":1,"a":2}}',
        b'{"action":"a","actor":"b","details":{"a":"",",":1}}',
        b'{"action":"a","actor":"b","details":{"a":-0}}',
        b'{"action":"a","actor":"b","details":{"a":01}}',
    ],
)
def test_no_body_out_of_order_is_read_quickly(body: bytes) -> None:
    assert plain_cells(body) is None
    with pytest.raises(FormatError):
        parse_object(body)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2), ("v", True), ("o", 1), ("seq", -1), ("seq", "1"), ("seq", True), ("ep", 0),
        ("ep", 2**32), ("k", "other"), ("k", []), ("ts", "2026-01-31"), ("ts", 1), ("mono", "1"),
        ("boot", "XY"), ("tq", "sun"), ("tq", {}), ("prev", "AAAA"), ("prev", 1), ("prev", "?"),
        ("open", {}), ("open", 1), ("close", {"next": "AAAA"}), ("close", []), ("more", 1),
    ],
)  # fmt: skip
def test_a_header_with_an_odd_field_is_refused(box: Any, field: str, value: object) -> None:
    header = box.start().rows()[1][0]
    assert parse_header(encode(header)).seq == 1
    with pytest.raises(FormatError):
        parse_header(encode({**header, field: value}))
    if field in header:
        del header[field]
        with pytest.raises(FormatError):
            parse_header(encode(header))
