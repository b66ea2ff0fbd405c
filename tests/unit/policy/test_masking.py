"""How a number is shown where it need not be known."""

from __future__ import annotations

import pytest

from estate_sms.policy.numbers import masked


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613800138000", "138****8000"),
        ("13800138000", "138****8000"),
        ("10086", "***86"),
        ("", ""),
        ("+4915112345678", "+49151****5678"),
    ],
)
def test_a_number_shows_its_ends_alone(number: str, shown: str) -> None:
    assert masked(number) == shown
