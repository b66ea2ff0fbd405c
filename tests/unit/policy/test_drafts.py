from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.drafts import Draft, draft, require_send
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.hours import QuietHours
from estate_sms.policy.requests import SendRequest
from estate_sms.policy.settings import Settings
from estate_sms.policy.texts import text_of
from estate_sms.queue.priorities import Priority
from estate_sms.store.clock import from_datetime

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)  # 12:00 in Shanghai
HOURS = QuietHours("21:00-08:00", "Asia/Shanghai")


def _segments(text: str) -> int:
    """Good enough here: UCS-2 throughout."""
    units = len(text.encode("utf-16-be", "surrogatepass")) // 2
    return 1 if units <= 70 else -(-units // 67)


def _request(**changes: Any) -> SendRequest:
    fields: dict[str, Any] = {"to": ["13800138000"], "text": "停水通知", "purpose": "service"}
    return SendRequest(**{**fields, **changes})


def _draft(*, signature: str = "", **changes: Any) -> Draft:
    settings_ = Settings(signature=signature)
    return draft(_request(**changes), settings_, _segments, HOURS, from_datetime(NOON))


def _code(**changes: Any) -> str:
    with pytest.raises(PolicyError) as caught:
        _draft(**changes)
    assert caught.value.message
    return caught.value.code


def test_defaults() -> None:
    made = _draft()
    assert (made.text, made.segments, made.priority) == ("停水通知", 1, Priority.NORMAL)
    assert _draft(purpose="emergency").priority is Priority.EMERGENCY
    assert _draft(purpose="emergency", priority="urgent").priority is Priority.URGENT


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purpose": ""}, "purpose_missing"),
        ({"purpose": "fun"}, "purpose_unknown"),
        ({"priority": "highest"}, "priority_unknown"),
        ({"priority": "emergency"}, "priority_emergency"),
        ({"to": ["13800138000"] * 10_001}, "too_many_recipients"),
        ({"client_ref": "x" * 101}, "reference_too_long"),
        ({"client_ref": "a\nb"}, "reference_too_long"),
        ({"text": ""}, "text_empty"),
        ({"text": " \n\t\u3000"}, "text_empty"),
        ({"text": "\u200b\u2060\ufe0f"}, "text_empty"),
        ({"text": "好" * 671}, "text_too_long"),
        ({"text": "a" * 10_000}, "text_too_long"),
        ({"text": "停\x00水"}, "text_invalid"),
        ({"text": "停\x1b水"}, "text_invalid"),
        ({"text": "停\x85水"}, "text_invalid"),
        ({"text": "停\ud83d水"}, "text_invalid"),
        ({"text": "停\u202e水"}, "text_invalid"),
        ({"text": "停\u2067水"}, "text_invalid"),
        ({"text": "停\uffff水"}, "text_invalid"),
        ({"text": "停\ufdd0水"}, "text_invalid"),
        ({"recallable": True, "text": "好" * 71}, "recallable_too_long"),
        ({"valid_until": NOON - timedelta(seconds=1)}, "valid_until_past"),
        ({"valid_until": NOON}, "valid_until_past"),
        ({"valid_until": NOON + timedelta(days=400)}, "valid_until_too_far"),
        ({"valid_until": datetime(2026, 3, 2)}, "time_invalid"),  # noqa: DTZ001 - that is the point
        ({"not_before": datetime(2026, 3, 2)}, "time_invalid"),  # noqa: DTZ001
        ({"not_before": NOON + timedelta(days=400)}, "not_before_too_far"),
        ({"not_before": datetime.max.replace(tzinfo=UTC)}, "not_before_too_far"),
        (
            {"not_before": NOON + timedelta(hours=2), "valid_until": NOON + timedelta(hours=1)},
            "valid_until_past",
        ),
        (
            {"not_before": NOON + timedelta(hours=9), "valid_until": NOON + timedelta(hours=12)},
            "valid_until_too_soon",
        ),
    ],
)
def test_refusals(changes: dict[str, Any], code: str) -> None:
    assert _code(**changes) == code


def test_what_is_wrong_with_a_text_is_named() -> None:
    with pytest.raises(PolicyError) as caught:
        _draft(text="停水\u202e")
    assert caught.value.extra["position"] == 2
    assert "U+202E" in caught.value.message
    with pytest.raises(PolicyError) as caught:
        _draft(text="好" * 671)
    assert caught.value.extra == {"segments": 11, "characters": 671, "limit": 10}


def test_allowed_texts_are_not_touched() -> None:
    for text in ("a\r\n\tb", "  停水  ", "👨‍👩‍👧‍👦", "\u200fשלום", "好" * 670):
        assert _draft(text=text).text == text


def test_urgent_may_end_in_the_night() -> None:
    late: dict[str, Any] = {
        "not_before": NOON + timedelta(hours=9),
        "valid_until": NOON + timedelta(hours=12),
    }
    assert _draft(priority="urgent", **late).valid_until == from_datetime(late["valid_until"])


def test_a_past_not_before_means_now() -> None:
    assert _draft(not_before=NOON - timedelta(days=1)).not_before is None


def test_other_time_zones() -> None:
    at = (NOON + timedelta(hours=1)).astimezone(timezone(timedelta(hours=8)))
    assert _draft(not_before=at).not_before == from_datetime(NOON + timedelta(hours=1))


def test_signature() -> None:
    ours = "【翠湖物业】"
    assert _draft(signature=ours).text == ours + "停水通知"
    assert _draft(signature=ours, text=ours + "停水").text == ours + "停水"
    assert _draft(signature=ours, text="  " + ours + "停水").text == ours + "停水"
    assert _draft(text="【别家】停水").text == "【别家】停水"
    assert _code(signature=ours, text="【别家】停水") == "foreign_signature"
    assert _code(signature=ours, text="好" * 670) == "text_too_long"
    assert _draft(signature=ours, text="停水【重要】").text == ours + "停水【重要】"


def test_who_may_send_what() -> None:
    sender = Caller(actor="key:k1", scopes=frozenset({"messages:send"}))
    alarm = Caller(actor="key:k2", scopes=frozenset({"messages:emergency"}))
    require_send(sender, _request())
    require_send(alarm, _request(purpose="emergency"))
    require_send(CLI, _request(purpose="emergency"))
    for asked in ({"purpose": "emergency"}, {"purpose": "emergency", "priority": "bulk"}):
        with pytest.raises(PolicyError, match="emergency_scope"):
            require_send(sender, _request(**asked))
    with pytest.raises(PolicyError, match="emergency_scope"):
        require_send(sender, _request(priority="emergency"))
    with pytest.raises(PolicyError, match="missing_scope"):
        require_send(alarm, _request())


@settings(max_examples=200)
@given(st.text(st.characters(codec=None), max_size=200))
def test_any_text_is_sent_as_it_is_or_refused(text: str) -> None:
    refused: str = ""
    try:
        sent, segments = text_of(text, Settings(), _segments)
    except PolicyError as error:
        refused = error.code
    else:
        assert sent == text
        assert 1 <= segments <= 10
        sent.encode("utf-8")
    bad = any(unicodedata.category(c) == "Cs" or c in "\x00\u202e" for c in text)
    assert refused in (
        {"text_invalid"} if bad else {"", "text_invalid", "text_empty", "text_too_long"}
    )


def test_never_in_a_repr() -> None:
    assert "停水" not in repr(_draft())
    assert "停水" not in repr(_request())
    assert "138" not in repr(_request())
