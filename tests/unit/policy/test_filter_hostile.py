"""Texts and lists that mean harm: every one is answered, in time that grows with its length."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from estate_sms.policy.errors import PolicyError
from estate_sms.policy.filter import WordFilter, canaries
from estate_sms.policy.filter.entries import Entry
from estate_sms.policy.filter.rules import Rules
from estate_sms.policy.filter.slices import WINDOW
from estate_sms.policy.filter.wordlist import MAX_ENTRIES, export, parse

BUILT_IN = WordFilter.from_files()
HEAD = "word,category,action\n"

UNITS = {
    "words": "冰毒 ",
    "parts": "氵每",
    "repeats": "甲",
    "doubles": "甲甲乙乙",
    "separators": "·",
    "dots": "a.",
    "at signs": "@",
    "mails": "a@a.",
    "slashes": "http://",
    "digits": "1",
    "numerals": "一",
    "phones": "138 ",
    "letters": "a",
    "syllables": "xian",
    "leet": "a0",
    "leet signs": "@$!",
    "marks": "a" + "\u0301" * 50,
    "bidi": "\u202e\u2066甲",
    "brackets": "【",
    "signatures": "【银行】",
    "debts": "欠费王先生3栋502",
    "emoji": "👨‍👩‍👧",
    "enclosed": "①",
    "surrogates": "\ud800\udfff",
    "planes": "".join(chr(plane << 16 | 0x1234) for plane in range(17)),
    "line feeds": "\n",
    "lone characters": "海。",
    "initials": "a座海l因",
}


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_time_grows_with_the_length(unit: str) -> None:
    """Four times the text may take ten times the time, on a busy machine; a square takes sixteen."""

    def seconds(length: int) -> float:
        text = (unit * (length // len(unit) + 1))[:length]
        best = 9e9
        for _ in range(2):
            began = time.thread_time()
            BUILT_IN.check(text, "service")
            best = min(best, time.thread_time() - began)
        return best

    seconds(1_000)
    assert seconds(4 * WINDOW) < 12 * seconds(WINDOW) + 0.05


def test_a_megabyte() -> None:
    text = "本小区6月4日停水，请提前储水。" * 70_000 + "出售海洛因"
    answer = BUILT_IN.check(text[-1_000_000:], "service")
    assert answer.action == "block"
    assert answer.hits[-1].end == 1_000_000


def test_a_combining_tower() -> None:
    tower = "海" + "\u0336" * 5_000 + "洛" + "\u0338" * 5_000 + "因"
    assert BUILT_IN.check(tower, "service").action == "block"


@pytest.mark.parametrize("shift", [-700, -3, -1, 0, 1, 3])
def test_nothing_is_lost_where_pieces_meet(shift: int) -> None:
    for word in ("海洛因", "海 · 洛 · 因", "氵每洛因", "example.com"):
        text = "好" * (WINDOW + shift) + "。" + word + "。" + "好" * 9
        (first, *_) = BUILT_IN.check(text, "service").hits
        assert text[first.start : first.end] == word


def test_a_list_of_a_million_lines() -> None:
    content = (HEAD + "".join(f"词{n:07d},x,block\n" for n in range(MAX_ENTRIES + 1))).encode()
    content += b"\n" * 750_000
    with pytest.raises(PolicyError) as caught:
        parse("large.csv", content)
    assert caught.value.extra["line"] == MAX_ENTRIES + 2
    assert "250,000" in str(caught.value.extra["what"])


def test_duplicates_cost_nothing() -> None:
    tracemalloc.start()
    rules = Rules(parse("twice.csv", (HEAD + "海洛因,x,block\n" * 20_000).encode()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(rules.entries) == 1
    assert peak < 64 * 2**20


@pytest.mark.parametrize(
    "word", ["\x00甲", "甲\x00乙", "\ud800甲", "🔥🔥甲", "a" * 64, "①", "甲" * 64, "+86甲"]
)
def test_odd_words(word: str) -> None:
    rules = canaries.tested("list.csv", Rules([Entry(word, "x", "block")]))
    assert WordFilter(rules).check(f"。{word}。", "service").action == "block"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (HEAD[:-1] + ",colour\n甲,x,block,red\n", 1, "further columns"),
        (HEAD[:-1] + ",views\n甲,x,block,magic\n", 2, "view"),
        (HEAD[:-1] + ",severity\n甲,x,block,dire\n", 2, "severity"),
        (HEAD[:-1] + ",valid_from\n甲,x,block,tomorrow\n", 2, "valid_from"),
        (HEAD[:-1] + ",valid_from,valid_until\n甲,x,block,2026-02-01,2026-01-01\n", 2, "before"),
        (HEAD[:-1] + ",source\n甲,x,block," + "s" * 81 + "\n", 2, "source"),
    ],
)
def test_what_is_wrong_is_named(text: str, line: int, what: str) -> None:
    with pytest.raises(PolicyError, match="word_list_invalid") as caught:
        parse("list.csv", text.encode("gb18030"))
    assert caught.value.extra["line"] == line
    assert what in str(caught.value.extra["what"])


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('[[word]]\nword = "甲"\ncategory = "x"\n', 1, "action"),
        (
            '[[word]]\nword = "甲"\ncategory = "x"\naction = "block"\n[[word]]\nword = 1\n',
            5,
            "category",
        ),
        ('[[word]]\nword = "甲"\ncolour = "x"\n', 1, "unknown key"),
        ("word = 1\n", 1, "[[word]]"),
        ('[[word]]\nword = "甲\n', 2, "TOML"),
    ],
)
def test_toml_is_named_too(text: str, line: int, what: str) -> None:
    with pytest.raises(PolicyError, match="word_list_invalid") as caught:
        parse("list.toml", text.encode())
    assert caught.value.extra["line"] == line
    assert what in str(caught.value.extra["what"])


def test_toml_and_csv_say_the_same() -> None:
    toml = (
        '[[word]]\nword = "甲乙"\ncategory = "x"\naction = "block"\nseverity = "high"\n'
        'views = ["literal", "pinyin"]\nvalid_from = 2026-01-31\nadded_by = "王"\n'
    )
    found = parse("list.toml", toml.encode())
    assert parse("list.csv", export(found).encode()) == found
    assert (
        Rules(found).ruleset == Rules(parse("again.csv", export(found).encode("gb18030"))).ruleset
    )
