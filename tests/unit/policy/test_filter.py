from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from estate_sms.policy.errors import PolicyError
from estate_sms.policy.filter import WordFilter
from estate_sms.policy.filter.engine import MAX_HITS
from estate_sms.policy.filter.entries import Entry, WordAction
from estate_sms.policy.filter.fold import fold
from estate_sms.policy.filter.matcher import SLICE
from estate_sms.policy.filter.rules import Rules

BUILT_IN = WordFilter.from_files()

NOTICES = [
    "本小区6月4日停水，人民路口交通管制，请绕行。",
    "三黄鸡特价，业主凭卡领取。",
    "楼下注意安全，高空坠物危险。",
    "多彩金秋，邻里百家乐活动欢迎参加。",
    "今天雨大，麻烦大家关窗。",
    "慢跑分组活动周六举行。",
    "救援交通工具通道请勿占用，门口交接班时间调整。",
    "消毒品已到货，请到物业领取。",
    "严禁聚众赌博，远离毒品，反对邪教，防范电信诈骗。",
    "业主大会投票，请于6月4日前到户口交登记表处登记。",
    "消防演习将使用烟雾弹，请勿惊慌；灭鼠投放毒饵，请看好宠物。",
    "免费领取口罩，发票请到服务中心开具。",
    "The grass in the garden will be cut; pornographic is not the word here.",
    "Passing through Essex; class starts at 8.",
    "高考期间请保持安静，疫苗接种点设在一号楼。",
    "宣传销售禁止入内，清洗钱包失物招领。",
]


def _filter(*entries: tuple[str, WordAction]) -> WordFilter:
    return WordFilter(Rules(Entry(word, "test", action) for word, action in entries))


@pytest.mark.parametrize("text", NOTICES)
def test_ordinary_notices_pass(text: str) -> None:
    assert BUILT_IN.check(text, "service").action == "allow"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("地下赌场开业", "赌场"),
        ("地下賭場開業", "賭場"),
        ("出售海-洛-因", "海-洛-因"),
        ("出售海 洛 因", "海 洛 因"),
        ("出售海\u200b洛因", "海\u200b洛因"),
        ("出售海😀洛因", "海😀洛因"),
        ("buy ＣＯＣＡＩＮＥ now", "ＣＯＣＡＩＮＥ"),
        ("соcaine", "соcaine"),
        ("高价k粉。", "k粉"),
        ("办证，刻章", "办证，刻章"),
    ],
)
def test_evasions_are_found_where_they_stand(text: str, found: str) -> None:
    answer = BUILT_IN.check(text, "service")
    assert answer.action == "block"
    assert found in {text[hit.start : hit.end] for hit in answer.hits}


@pytest.mark.parametrize("text", ["porndog", "aporn", "heroine", "ok粉", "海。洛因", "海\n洛因"])
def test_word_edges_and_sentences_are_kept(text: str) -> None:
    assert BUILT_IN.check(text, "service").action == "allow"


@pytest.mark.parametrize("purpose", ["service", "statutory", "activity", "commercial"])
def test_the_strictest_action_counts(purpose: str) -> None:
    words = _filter(("甲甲", "alert"), ("乙乙", "review"), ("丙丙", "block"), ("丁丁", "mask"))
    assert words.check("好的", purpose).action == "allow"
    assert words.check("甲甲", purpose).action == "alert"
    assert words.check("丁丁", purpose).action == "alert"
    assert words.check("甲甲乙乙", purpose).action == "review"
    assert words.check("丙丙乙乙甲甲", purpose).action == "block"


def test_an_emergency_is_only_alerted() -> None:
    answer = BUILT_IN.check("地下赌场有人贩卖海洛因", "emergency")
    assert answer.action == "alert"
    assert [hit.action for hit in answer.hits] == ["block", "block"]


def test_allowed_words_cover_only_what_lies_inside() -> None:
    words = _filter(("口交", "block"), ("交通银", "block"), ("路口交通", "allow"))
    assert words.check("人民路口交通", "service").action == "allow"
    assert words.check("人民路口交", "service").action == "block"
    assert words.check("人民路口交通银", "service").action == "block", "reaches beyond"
    assert words.check("路口交通口交", "service").hits[0].start == 4


def test_mask() -> None:
    words = _filter(("丁丁", "mask"), ("甲", "alert"))
    assert words.mask("甲丁-丁乙丁丁") == "甲***乙**"
    assert BUILT_IN.mask(NOTICES[0]) == NOTICES[0]


@settings(max_examples=150)
@given(
    st.text("甲乙丙丁 ·。ab", max_size=40), st.lists(st.text("甲乙丙丁a", min_size=1, max_size=4))
)
@example("甲乙", ["甲乙", "乙"])
def test_agrees_with_a_naive_search(text: str, words: list[str]) -> None:
    """Every literal occurrence is found (Chinese words have no edges), none is invented."""
    entries: list[tuple[str, WordAction]] = [(word, "block") for word in words]
    checked = _filter(*entries)
    hits = checked.check(text, "service").hits
    spans = {(h.start, h.end, h.word) for h in hits}
    for word in set(words):
        if "a" in word:
            continue
        for start in range(len(text)):
            if text.startswith(word, start):
                assert (start, start + len(word), word) in spans
    for hit in hits:
        if hit.view in {"literal", "separators"}:
            assert "".join(c for c in text[hit.start : hit.end] if c not in " ·。") == hit.word


@settings(max_examples=150)
@given(st.text(st.characters(codec=None), max_size=100), st.sampled_from(["service", "emergency"]))
def test_any_text_is_answered(text: str, purpose: str) -> None:
    answer = BUILT_IN.check(text, purpose)
    for hit in answer.hits:
        assert 0 <= hit.start < hit.end <= len(text)
    BUILT_IN.mask(text)


@pytest.mark.parametrize("word", [".*", "a|b", "(", "[甲", "\\d甲", "甲+", "$甲^"])
def test_words_are_no_patterns(word: str) -> None:
    words = _filter((word, "block"))
    assert words.check(f"x {word} x", "service").action == "block"
    assert words.check("ab 甲甲 12", "service").action == (
        "block" if fold(word).text == "甲" else "allow"
    )


def test_nothing_is_lost_at_slices() -> None:
    words = _filter(("海洛因", "block"))
    for shift in range(-4, 2):
        text = "好" * (SLICE + shift) + "海洛因" + "好" * 10
        assert [h.start for h in words.check(text, "service").hits] == [SLICE + shift]


def test_long_texts_take_time_in_proportion() -> None:
    """Work, not seconds: what the matcher yields and keeps does not grow faster than the text."""
    rules = Rules(Entry("甲" * n, "x", "block") for n in range(1, 9))
    small, large = (sum(1 for _ in rules.hits("甲" * n)) for n in (5_000, 50_000))
    assert large <= small * 10.1
    assert len(BUILT_IN.check("冰毒 " * 100_000, "service").hits) <= MAX_HITS


def test_ruleset_names_the_rules_not_their_order(tmp_path: Path) -> None:
    one = _filter(("甲", "block"), ("乙", "review"))
    assert one.ruleset == _filter(("乙", "review"), ("甲", "block")).ruleset
    assert one.ruleset != _filter(("甲", "block"), ("乙", "block")).ruleset
    assert one.ruleset != BUILT_IN.ruleset
    extra = tmp_path / "own.csv"
    extra.write_text("word,category,action\n翠湖秘方,ours,review\n", "utf-8")
    more = WordFilter.from_files([extra])
    assert more.check("翠湖秘方", "service").action == "review"
    assert more.ruleset != BUILT_IN.ruleset
    assert len(more.ruleset) == 64


def test_swap_is_all_or_nothing(tmp_path: Path) -> None:
    words = _filter(("甲", "block"))
    before = words.ruleset
    bad = tmp_path / "bad.csv"
    bad.write_text("word,category,action\n乙,x,block\n丙,x,never\n", "utf-8")
    with pytest.raises(PolicyError):
        WordFilter.from_files([bad])
    assert words.ruleset == before
    words.swap(Rules([Entry("乙", "x", "review")]))
    assert words.check("甲乙", "service").action == "review"
