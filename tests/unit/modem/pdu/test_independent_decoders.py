"""Two foreign decoders read what we encode, as far as each of them is right."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate_sms.modem.pdu import (
    Concat,
    Deliver,
    Submit,
    encode_deliver,
    encode_submit,
    segment,
)

# Neither has types.
gsmmodem_pdu = import_module("gsmmodem.pdu")
smspdudecoder = import_module("smspdudecoder.fields")

TEXTS = {
    "plain": "Hello, estate",
    "extension": "^{}\\[~]|€",
    "section sign": "a§b",
    "form feed": "a\fb",
    "trailing at": "1234567@",
    "chinese": "【翠湖物业】明日停水",
    "backtick": "a`b",
    "emoji": "水😀",
    "joined emoji": "👨‍👩‍👧",
    "gsm 153": "a" * 153,
    "gsm 154": "a" * 154,
    "gsm 160": "a" * 160,
    "gsm 161": "a" * 161,
    "gsm 306": "a" * 306,
    "gsm 307": "a" * 307,
    "158 + euro": "a" * 158 + "€",
    "159 + euro": "a" * 159 + "€",
    "escape across 153": "a" * 152 + "€" + "b" * 20,
    "80 euro": "€" * 80,
    "81 euro": "€" * 81,
    "ucs2 67": "中" * 67,
    "ucs2 70": "中" * 70,
    "ucs2 71": "中" * 71,
    "ucs2 134": "中" * 134,
    "ucs2 135": "中" * 135,
    "35 emoji": "😀" * 35,
    "36 emoji": "😀" * 36,
    "surrogate across 67": "中" * 66 + "😀" + "中" * 9,
    "69 + emoji": "中" * 69 + "😀",
}
AT = datetime(2025, 4, 5, 6, 7, 8, tzinfo=UTC)
NUMBER = "+8613800138000"


def _pieces(text: str) -> list[tuple[str, Concat | None]]:
    parts = segment(text).segments
    if len(parts) == 1:
        return [(text, None)]
    return [(part, Concat(0x5A, len(parts), seq)) for seq, part in enumerate(parts, 1)]


def _concat(user_data: dict[str, Any]) -> Concat | None:
    if not user_data["header"]:
        return None
    (element,) = user_data["header"]["elements"]
    data = element["data"]
    return Concat(data["reference"], data["parts_count"], data["part_number"])


def _text(user_data: dict[str, Any], part: str) -> str:
    """What smspdudecoder read; it cuts at the length in *characters*, not septets.

    So behind extension characters the seven bits of padding of a last octet stay, as an ``@``.
    """
    text: str = user_data["data"]
    extended = set("^{}\\[~]|€\f") & set(part)
    return part if extended and text == part + "@" else text


def _check_smspdudecoder(text: str) -> None:
    alphabet = segment(text).alphabet
    for part, concat in _pieces(text):
        submit = encode_submit(Submit(NUMBER, part, alphabet, concat))
        deliver = encode_deliver(
            Deliver(NUMBER, part, AT, dcs=8 if alphabet == "ucs2" else 0, concat=concat)
        )
        sent: dict[str, Any] = smspdudecoder.SMSSubmit.decode(StringIO(submit.hex))
        received: dict[str, Any] = smspdudecoder.SMSDeliver.decode(StringIO(deliver.hex))
        assert sent["recipient"]["number"] == received["sender"]["number"] == NUMBER[1:]
        assert _text(sent["user_data"], part) == _text(received["user_data"], part) == part
        assert _concat(sent["user_data"]) == _concat(received["user_data"]) == concat
        assert received["scts"] == AT


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_smspdudecoder_reads_it(text: str) -> None:
    _check_smspdudecoder(text)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)
    | st.text("ab @§¿€[]\f\n", min_size=1, max_size=400)
)
def test_smspdudecoder_reads_any_text(text: str) -> None:
    _check_smspdudecoder(text)


# gsmmodem is wrong on these, and on a last '@' after seven, fifteen, … others.
_GSMMODEM_FAULTS = set("`§\fÿ")


def _gsmmodem_is_right(text: str) -> bool:
    return not _GSMMODEM_FAULTS & set(text) and max(map(ord, text)) < 0x10000 and text[-1] != "@"


@pytest.mark.parametrize("text", [t for t in TEXTS.values() if _gsmmodem_is_right(t)])
def test_gsmmodem_reads_it(text: str) -> None:
    pieces = _pieces(text)
    theirs = gsmmodem_pdu.encodeSmsSubmitPdu(NUMBER, text, reference=0x5A)
    assert len(theirs) == len(pieces)
    for (part, concat), their in zip(pieces, theirs, strict=True):
        ours = encode_submit(Submit(NUMBER, part, segment(text).alphabet, concat, tp_mr=0x5A))
        decoded: dict[str, Any] = gsmmodem_pdu.decodeSmsPdu(ours.hex)
        assert (decoded["number"], decoded["text"]) == (NUMBER, part)
        assert decoded["tpdu_length"] == ours.length
        assert gsmmodem_pdu.decodeSmsPdu(str(their))["text"] == part


@given(st.text("abc XYZ019$£àΩ€[]水电\n", min_size=1, max_size=400).filter(_gsmmodem_is_right))
def test_gsmmodem_cuts_at_the_same_places(text: str) -> None:
    theirs = gsmmodem_pdu.encodeSmsSubmitPdu(NUMBER, text, reference=0x5A)
    cut = [gsmmodem_pdu.decodeSmsPdu(str(their))["text"] for their in theirs]
    assert cut == [part for part, _ in _pieces(text)]
