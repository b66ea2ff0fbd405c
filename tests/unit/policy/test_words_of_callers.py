"""Names, reasons, references and tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.policy import names, tokens
from estate_sms.policy.errors import PolicyError
from estate_sms.store.ids import new_id


@pytest.mark.parametrize("given_", ["", "  ", "a\nb", "x" * 81, "李\u202e", "\ud800"])
def test_no_names(given_: str) -> None:
    with pytest.raises(PolicyError, match="name_invalid"):
        names.name(given_)


def test_names() -> None:
    assert names.name("  李经理 ") == "李经理"


def test_reasons() -> None:
    assert names.reason(" 日期写错\n了 ", needed=True) == "日期写错 了"
    assert names.reason("", needed=False) == ""
    for given_, code in (
        ("", "reason_missing"),
        ("\x00", "reason_missing"),
        ("x" * 501, "reason_too_long"),
    ):
        with pytest.raises(PolicyError, match=code):
            names.reason(given_, needed=True)


def test_tokens() -> None:
    key = new_id("k")
    token, other = tokens.new_token(key), tokens.new_token(key)
    assert token != other
    assert tokens.key_id_of(token) == key
    assert len(token.removeprefix(f"esk_{key}_")) == 43
    assert len(tokens.digest(token)) == 32
    assert tokens.digest(token) != tokens.digest(other)


@given(st.text(max_size=80))
def test_no_tokens(text: str) -> None:
    assert tokens.key_id_of(text) is None
    assert tokens.digest(text)
    key = new_id("k")
    assert tokens.key_id_of(tokens.new_token(key) + "x") is None
    assert tokens.key_id_of(tokens.new_token(key) + "\n") is None
