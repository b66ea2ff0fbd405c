"""Each disguise is undone, says so, and only asks for a review where it is a guess."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from estate_sms.policy.filter import WordFilter
from estate_sms.policy.filter.entries import Details, Entry
from estate_sms.policy.filter.evidence import Found
from estate_sms.policy.filter.guesses import Guesses
from estate_sms.policy.filter.phonetics import cut
from estate_sms.policy.filter.rules import Rules
from estate_sms.policy.filter.views import Seen

LISTED = WordFilter(
    Rules(
        [
            Entry("海洛因货源", "drugs", "block"),
            Entry("摇头丸", "drugs", "block"),
            Entry("赌博", "gambling", "block"),
            Entry("套现", "fraud", "block", Details(views=("pinyin",))),
            Entry("cocaine", "drugs", "block"),
            Entry("8964事件", "test", "block"),
        ]
    )
)


@pytest.mark.parametrize(
    ("text", "view", "action"),
    [
        ("有海洛因货源。", "literal", "block"),
        ("有海*洛*因*货*源。", "separators", "block"),
        ("有海👨‍👩‍👧洛👨‍👩‍👧因货源。", "separators", "block"),
        ("有海海洛洛洛因因货源。", "repeats", "block"),
        ("有氵每洛因货源。", "parts", "block"),
        ("有水每水各因货源。", "parts", "block"),
        ("有源货因洛海。", "reversed", "block"),
        ("有丸头摇。", "reversed", "review"),
        ("有海①洛②因货源。", "enclosed", "block"),
        ("有海1️⃣洛1️⃣因货源。", "enclosed", "block"),
        ("有嗨落音货源。", "pinyin", "review"),
        ("有hailuoyinhuoyuan。", "pinyin", "review"),
        ("有hǎi luò yīn huò yuán。", "pinyin", "review"),
        ("有摇tou丸。", "pinyin", "review"),
        ("有淘线。", "pinyin", "review"),
        ("有海硌因货源。", "shape", "review"),
        ("有瑶头丸。", "shape", "review"),
        ("有睹博。", "shape", "review"),
        ("有摇夹丸。", "shape", "review"),  # drawn alike
        ("有海泞因货源。", "shape", "review"),
        ("有海洛y货源。", "pinyin", "review"),
        ("有海l因h源。", "pinyin", "review"),
        ("有海的洛的因的货的源。", "filler", "review"),
        ("有摇啊头x丸。", "filler", "review"),
        ("有海\n洛\n因\n货\n源\n。", "enclosed", "block"),
        ("有摇。头。丸。", "enclosed", "block"),
        ("有赌?博。", "enclosed", "block"),
        ("有㉑赌㉑博。", "enclosed", "block"),
        ("有海ˉ洛ˉ因货源。", "literal", "block"),
        ("buy ꮯ𑣈ꮯaine", "literal", "block"),
        ("捌九陆肆事件", "digits", "review"),
        ("8玖陆四事件", "digits", "review"),
        ("buy c-o-c-a-i-n-e", "latin", "block"),
        ("buy c0caine", "latin", "block"),
        ("buy cocaaaaine", "latin", "block"),
        ("八九六四事件", "digits", "review"),
        ("真赌、博学", "separators", "allow"),
        ("内容：赌、博。", "separators", "block"),
    ],
)
def test_disguises(text: str, view: str, action: str) -> None:
    answer = LISTED.check(text, "service")
    assert answer.action == action
    if action != "allow":
        assert view in {hit.view for hit in answer.hits}


@pytest.mark.parametrize(
    "text",
    [
        "有海。洛因货源",  # a sentence ends
        "有海----洛因货源",  # too wide a gap
        "有遥头玩。",  # three syllables that only sound alike
        "有du博。",  # two
        "睹、博",  # two characters that only look alike, and not side by side
        "睹搏",  # both of two
        "博赌",
        "有海l。",  # one letter of three
        "有h l y h y。",  # nothing but initials
        "摇头，久了",  # another clause
        "赌的博",  # a filler in two characters
        "有cocaines。",
        "请勿dance，thank you，china town",
    ],
)
def test_limits(text: str) -> None:
    assert LISTED.check(text, "service").action == "allow"


def test_what_half_of_a_list_begins_with_is_no_hint() -> None:
    """A text that names it is not compared with half of the list."""
    words = [f"出售{a}{b}" for a in "甲乙丙丁戊己庚辛壬癸" for b in "子丑寅卯辰巳午未申酉戌亥"]
    rules = Rules(Entry(word, "x", "block") for word in words)
    asked: list[int] = []
    near = Guesses.near

    def counted(self: Guesses, number: int, seen: Seen, low: int) -> Iterator[Found]:
        asked.append(number)
        return near(self, number, seen, low)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Guesses, "near", counted)
        assert list(rules.hits("本处出售二手家具，出售时间周六" * 20)) == []
    assert asked == []
    assert WordFilter(rules).check("出售甲子", "service").action == "block"


def test_spans_point_into_the_original() -> None:
    text = "【甲】请看：海\u200b＊洛①因 氵每，貨源，氵每洛因货原、hai luo yin huo yuan！"
    for hit in LISTED.check(text, "service").hits:
        assert 0 <= hit.start < hit.end <= len(text)
    hits = LISTED.check("好的，氵每·洛因货源，谢谢", "service").hits
    assert (3, 10, "parts") in {(hit.start, hit.end, hit.view) for hit in hits}


def test_views_of_a_word_may_be_chosen() -> None:
    only = WordFilter(Rules([Entry("海洛因货源", "x", "block", Details(views=("literal",)))]))
    assert only.check("海洛因货源", "service").action == "block"
    for text in (
        "海-洛因货源",
        "源货因洛海",
        "嗨落音货源",
        "海洛洛因货源",
        "氵每洛因货源",
        "海硌因货源",
    ):
        assert only.check(text, "service").action == "allow", text


def test_allowed_words_cover_disguised_hits() -> None:
    rules = Rules([Entry("口交", "x", "block"), Entry("路口交通", "x", "allow")])
    checked = WordFilter(rules)
    for text in ("路口交通", "路 口 交 通", "路口·交通"):
        assert checked.check(text, "service").action == "allow", text


def test_validity() -> None:
    term = Details(valid_from=date(2026, 6, 1), valid_until=date(2026, 6, 9))
    rules = Rules([Entry("高考答案", "x", "block", term)])
    for day, action in ((31, "allow"), (1, "block"), (9, "block"), (10, "allow")):
        today = date(2026, 5 if day == 31 else 6, day)
        checked = WordFilter(rules, today=lambda today=today: today)  # type: ignore[misc]  # bound
        assert checked.check("高考答案", "service").action == action


def test_letters_are_cut_into_syllables() -> None:
    assert cut("hailuoyin")[0] == ("hai", "luo", "yin")
    assert ("xi", "an") in cut("xian")
    assert cut("street") == ()
    assert cut("hai3luo4")[0] == ("hai3", "luo4")
