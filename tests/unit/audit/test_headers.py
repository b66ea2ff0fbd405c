"""The quick reading of a record's line and the careful one say the same."""

from __future__ import annotations

import random
from typing import Any

import pytest

from estate_sms.audit.canonical import encode, parse_object
from estate_sms.audit.errors import FormatError
from estate_sms.audit.headers import header_of, matched_header, parse_header, record_line


def _lines(box: Any, read_member: Any) -> list[bytes]:
    return list(read_member(box.three_epochs().export(), "records.jsonl").splitlines(keepends=True))


def test_both_readings_of_a_line_agree(box: Any, read_member: Any) -> None:
    lines = _lines(box, read_member)
    origin = box.log.origin
    pattern = record_line(origin)
    quick = 0
    for line in lines:
        careful = header_of(parse_object(line[:-1])["h"])
        match = pattern.fullmatch(line)
        assert (match is None) == (careful.opening is not None or careful.closing is not None)
        if match is not None:
            quick += 1
            assert matched_header(match, origin) == careful == parse_header(match[2])
    assert quick == len(lines) - 5
    assert record_line("estate-sms/other").fullmatch(lines[1]) is None


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
        if match is None:
            continue
        try:
            header = matched_header(match, box.log.origin)
        except FormatError:
            continue
        if header is not None:
            assert header_of(parse_object(bytes(changed[:-1]))["h"]) == header
            accepted += 1
    assert accepted > 100


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
