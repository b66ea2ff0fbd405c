"""Bodies: any octets give the model or a problem that repeats nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.api.bodies import ApproveBody, KeyBody, RecallBody
from estate_sms.api.body import decode
from estate_sms.api.problems import ApiError
from estate_sms.policy.requests import SendRequest

MODELS = [SendRequest, KeyBody, RecallBody, ApproveBody]
SECRET = "13800138000"

leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.just(SECRET)
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["to", "text", "reason", SECRET, f"{SECRET}` - at `$.x"]), inner
        )
    ),
    max_leaves=8,
)


def outcome(raw: bytes, model: type[Any]) -> Any:
    """The model, or the problem."""
    try:
        return decode(raw, model)
    except ApiError as error:
        return error


@given(st.binary(max_size=60), st.sampled_from(MODELS))
def test_any_octets(raw: bytes, model: type[Any]) -> None:
    found = outcome(raw, model)
    assert isinstance(found, model) or found.status in {400, 422}


@given(anything, st.sampled_from(MODELS))
def test_nothing_sent_is_repeated(value: Any, model: type[Any]) -> None:
    found = outcome(json.dumps(value).encode(), model)
    if isinstance(found, ApiError):
        assert SECRET not in f"{found.detail} {found.extra} {found}"


@pytest.mark.parametrize(
    ("raw", "code", "field"),
    [
        (b'{"reason": 1}', "wrong_type", "reason"),
        (b"{}", "missing_field", "reason"),
        (b'{"reason": "x", "extra": 1}', "unknown_field", "extra"),
        (b"3", "wrong_type", "body"),
        (b'{"reason": "x"', "malformed_json", None),
        (b'{"reason": "x"} {}', "malformed_json", None),
    ],
)
def test_the_field_is_named(raw: bytes, code: str, field: str | None) -> None:
    with pytest.raises(ApiError) as caught:
        decode(raw, RecallBody)
    assert caught.value.code == code
    assert caught.value.extra.get("field") == field


def test_a_field_inside_a_list_is_named() -> None:
    with pytest.raises(ApiError) as caught:
        decode(b'{"name": "x", "scopes": ["filter", 3]}', KeyBody)
    assert caught.value.extra == {"field": "scopes[1]"}
    assert caught.value.detail == "scopes[1]: expected str."


@pytest.mark.parametrize("model", [RecallBody, SendRequest])
def test_a_repr_shows_no_values(model: type[RecallBody | SendRequest]) -> None:
    raw: dict[type[Any], dict[str, Any]] = {
        RecallBody: {"reason": SECRET, "correction_text": SECRET},
        SendRequest: {"to": [SECRET], "text": SECRET, "purpose": "service"},
    }
    assert SECRET not in repr(decode(json.dumps(raw[model]).encode(), model))
