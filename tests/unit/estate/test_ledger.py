"""Cells of the ledger, and when the night's work is due."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.estate.ledger import cell
from estate_sms.gateway.privacy import until


@pytest.mark.parametrize(
    "text", ["=1+1", "+86138", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "\n=cmd"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == "'" + text


@given(st.text())
def test_a_cell_loses_nothing(text: str) -> None:
    assert cell(text).removeprefix("'") == text.removeprefix("'")
    assert not cell(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_nothing_is_an_empty_cell() -> None:
    assert cell(None) == ""
    assert cell(3) == "3"


def test_the_night_comes_once_a_day() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert until("03:30", datetime(2026, 1, 31, 3, 0, tzinfo=zone)) == 1800
    assert until("03:30", datetime(2026, 1, 31, 3, 30, tzinfo=zone)) == 86_400
    assert until("03:30", datetime(2026, 1, 31, 3, 29, 59, tzinfo=zone)) == 86_401
