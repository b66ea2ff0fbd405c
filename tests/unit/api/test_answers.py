"""Shapes that must hide or hold something."""

from __future__ import annotations

import msgspec
import pytest

from estate_sms.api.answers import masked
from estate_sms.api.stream import render
from estate_sms.api.times import instant, moment
from estate_sms.store.feed import FeedRow


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("89860012345678901234", "…1234"),
        ("…1234", "…1234"),
        ("123", "…"),
        ("", None),
        (None, None),
    ],
)
def test_identities_are_masked(given: str | None, shown: str | None) -> None:
    assert masked(given) == shown


def test_times_go_there_and_back_in_utc() -> None:
    at = 1_767_225_600_123_456
    shown = msgspec.json.encode(moment(at)).decode()
    assert shown == '"2026-01-01T00:00:00.123456Z"'
    assert instant(moment(at), "since") == at
    assert instant(None, "since") is None


def test_an_event_is_one_block_whatever_its_body_holds() -> None:
    row = FeedRow(7, 1_767_225_600_000_000, "alarm", "x", "ref", {"words": "a\n\ndata: b\r\n"})
    block = render(row)
    assert block.startswith(b"id: 7\nevent: alarm\ndata: {")
    assert block.endswith(b"}\n\n")
    assert block.count(b"\n") == 4
    assert b"\r" not in block
