from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.policy.filter.fold import fold
from estate_sms.policy.filter.views import BARRIER, MAX_GAP, compact

ANY = st.text(st.characters(codec=None), max_size=80)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("賭場", "赌场"),
        ("ＡＢＣ１２", "abc12"),
        ("Ⓕⓤⓒ", "fuc"),
        ("海\u200b洛\u2060因", "海洛因"),
        ("冰\u0301\u0300毒", "冰毒"),
        ("\u202e毒冰", "毒冰"),
        ("соcaіne", "cocaine"),
        ("ﬃ", "ffi"),
        ("STRASSE", "strasse"),
        ("⼤⿇", "大麻"),
        ("髙黒売図", "高黑卖图"),
        ("ꮯꭺ𑣁", "cas"),
        ("赌ˉ博々", "赌博々"),
        ("\ud800x", "x"),
        ("", ""),
    ],
)
def test_many_ways_one_match(text: str, folded: str) -> None:
    assert fold(text).text == folded


@settings(max_examples=200)
@given(ANY)
def test_the_way_back(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.origins)
    assert list(folded.origins) == sorted(folded.origins)
    for i, (character, origin) in enumerate(zip(folded.text, folded.origins, strict=True)):
        assert character in fold(text[origin]).text
        assert folded.span(i, i + 1) == (origin, origin + 1)


def test_folding_twice_changes_nothing() -> None:
    """Of any letter or ideograph there is: the tables hold no chains."""
    every = "".join(map(chr, range(0x30000)))
    once = fold(every).text
    assert fold(once).text == once


@given(ANY, ANY)
def test_free_of_context(left: str, right: str) -> None:
    assert fold(left + right).text == fold(left).text + fold(right).text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("赌·博", "赌博"),
        ("赌 - 博", "赌博"),
        ("赌😀博", "赌博"),
        ("赌" + "·" * (MAX_GAP + 1) + "博", f"赌{BARRIER}博"),
        ("好赌。博学", f"好赌{BARRIER}博学"),
        ("赌\n博", f"赌{BARRIER}博"),
        ("。。。", BARRIER),
    ],
)
def test_compact(text: str, seen: str) -> None:
    view = compact(fold(text).text)
    assert view.text == seen
    assert len(view.places) == len(seen)
