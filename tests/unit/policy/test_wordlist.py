from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.policy.errors import PolicyError
from estate_sms.policy.filter.wordlist import (
    Entry,
    WordAction,
    default_words,
    parse,
    read,
    strictest,
)

DENYING: list[WordAction] = ["alert", "block", "review"]
HEAD = "word,category,action\n"


def _parse(text: str) -> list[Entry]:
    return parse("list.csv", text.encode())


def test_a_list() -> None:
    assert _parse(HEAD + "# ours\n\n赌场,gambling,block\n  三黄鸡 ,food,allow\n") == [
        Entry("赌场", "gambling", "block"),
        Entry("三黄鸡", "food", "allow"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(encoding: str) -> None:
    content = (HEAD + "赌场,gambling,block\n").encode(encoding)
    assert parse("list.csv", content)[0].word == "赌场"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "header"),
        ("赌场,gambling,block\n", 1, "first line"),
        (HEAD + "赌场,gambling\n", 2, "columns"),
        (HEAD + "赌场,gambling,forbid\n", 2, "action"),
        (HEAD + ",gambling,block\n", 2, "word"),
        (HEAD + "\u200b,gambling,block\n", 2, "word"),
        (HEAD + "。！,gambling,block\n", 2, "word"),
        (HEAD + "赌" * 65 + ",gambling,block\n", 2, "word"),
        (HEAD + "赌场,,block\n", 2, "category"),
        (HEAD + "ok,a,block\n" + '"赌场,gambling,block\n', 3, "CSV"),
    ],
)
def test_what_is_wrong_is_named(text: str, line: int, what: str) -> None:
    with pytest.raises(PolicyError, match="word_list_invalid") as caught:
        _parse(text)
    assert caught.value.extra["line"] == line
    assert what in str(caught.value.extra["what"])
    assert "list.csv" in caught.value.message


def test_files(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="word_list_invalid"):
        read(tmp_path / "missing.csv")
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x80\xff\xff")
    with pytest.raises(PolicyError, match="word_list_invalid"):
        read(tmp_path / "bad.csv")


@settings(max_examples=100)
@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda t: (HEAD + t).encode("utf-8", "ignore"))
)
def test_any_bytes_give_a_list_or_the_error(content: bytes) -> None:
    with contextlib.suppress(PolicyError):
        parse("list.csv", content)


@given(st.permutations(DENYING))
def test_the_strictest_of_duplicates_counts_in_any_order(order: list[WordAction]) -> None:
    rows = [
        Entry(word, "x", action)
        for word, action in zip(["赌场", "賭場", "赌场"], order, strict=True)
    ]
    assert [entry.action for entry, _ in strictest(rows)] == ["block"]


def test_the_built_in_list() -> None:
    entries = default_words()
    assert len(entries) > 150
    assert {"fraud", "gambling", "pornography", "drugs", "forged documents", "loan sharks"} <= {
        entry.category for entry in entries
    }
    assert len(strictest(entries)) == len(entries), "a word stands twice"
