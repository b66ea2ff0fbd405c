from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.modem.at.causes import cause_of


@pytest.mark.parametrize(
    ("final", "cause"),
    [
        ("+CMS ERROR: 38", "cms:38"),
        ("+CME ERROR:14", "cme:14"),
        ("+CMS ERROR: Network timeout", "cms:332"),
        ("+CMS ERROR: SIM busy", "cms:314"),
        ("+CME ERROR: SIM busy", "cme:14"),
        ("+CMS ERROR: Something New!", "cms:something_new"),
        ("+CMS ERROR:", "cms:unspecified"),
        ("ERROR", "error"),
        ("COMMAND NOT SUPPORT", "error"),
    ],
)
def test_known_lines(final: str, cause: str) -> None:
    assert cause_of(final) == cause


@settings(deadline=None)
@given(st.text(max_size=60))
def test_a_cause_never_carries_a_number_or_a_text(text: str) -> None:
    cause = cause_of(f"+CMS ERROR: {text}")
    assert len(cause) <= 40
    assert sum(character.isdigit() for character in cause) <= 5
