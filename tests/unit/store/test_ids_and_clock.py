"""Public ids and times."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.store.clock import from_datetime, rfc3339, to_datetime
from estate_sms.store.ids import new_id
from estate_sms.store.migrate import statements


def test_ids_are_short_url_safe_unique_and_ascending() -> None:
    ids = [new_id("m") for _ in range(20_000)]
    assert all(re.fullmatch(r"m[0-9a-z]{20}", i) for i in ids)
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids)


@given(st.integers(0, 250_000_000_000 * 10**3))
def test_times_survive_the_round_trip(at: int) -> None:
    assert from_datetime(to_datetime(at)) == at


def test_times_name_their_zone() -> None:
    moment = datetime(2026, 1, 31, 13, 0, tzinfo=timezone(timedelta(hours=8)))
    assert rfc3339(from_datetime(moment)) == "2026-01-31T05:00:00.000000Z"
    assert to_datetime(0) == datetime(1970, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        from_datetime(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_statements_keep_triggers_whole() -> None:
    script = "CREATE TABLE a (x);\n-- a; comment;\nCREATE TRIGGER t AFTER INSERT ON a\nBEGIN\n SELECT 1;\n SELECT 2;\nEND;\n"
    assert next(iter(statements(script))).split()[:2] == ["CREATE", "TABLE"]
    assert len(list(statements(script))) == 2
