"""A short form of the evaluation, with bounds a little below what is measured."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from estate_sms.policy.errors import PolicyError
from estate_sms.policy.filter import WordFilter
from estate_sms.policy.filter.evaluation import Rate, evaluate, read_corpus
from estate_sms.policy.filter.rules import Rules

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "filter"

LEAST = {
    **dict.fromkeys(("plain", "traditional", "full width", "zero width", "combining marks"), 0.99),
    **dict.fromkeys(("separators", "repeats", "enclosed", "emoji", "reversed (3+)"), 0.99),
    **dict.fromkeys(("one under the other (3+)", "numerals (3+)"), 0.97),
    **dict.fromkeys(("filler, the same (3+)", "filler, mixed (3+)"), 0.97),
    **dict.fromkeys(("Latin look-alike", "leet"), 0.95),
    **dict.fromkeys(("parts", "homophone (4+)", "pinyin, one (3+)", "pinyin, whole (4+)"), 0.9),
    **dict.fromkeys(("look-alike (3+)", "initials, one or two (4+)", "two combined"), 0.9),
    "by hand": 0.98,
    **dict.fromkeys(("homophone, two and three", "filler, two characters"), 0.0),
    "look-alike, two characters": 0.65,
}


@pytest.fixture(scope="module")
def corpus() -> Iterator[ModuleType]:
    """The module that makes the corpus; it finds its neighbours as a script does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(ASSETS), *sys.path])
        yield importlib.import_module("make")


def _lines(evil: Iterable[Any]) -> list[str]:
    return ["\t".join(one) for one in evil]


def test_corpus_is_what_it_claims(corpus: ModuleType) -> None:
    lines = (ASSETS / "templates.txt").read_text("utf-8").splitlines()
    assert sum(line.startswith("[") for line in lines) >= 20
    assert len(set(corpus.templates())) >= 150
    assert len(set(corpus.clean())) >= 4_000
    assert corpus.clean(50) == corpus.clean(50)
    assert len(LEAST) >= 12
    assert len(list(corpus.by_hand())) >= 200


def test_recall_and_false_alarms(corpus: ModuleType) -> None:
    checked = WordFilter.from_files([ASSETS / "words.csv"])
    report = evaluate(checked, corpus.clean(), _lines([*corpus.evil(120), *corpus.by_hand()]))
    assert {rate.name for rate in report.recall} == set(LEAST)
    for rate in report.recall:
        assert rate.share >= LEAST[rate.name], rate
    assert report.below() == []
    assert evaluate(WordFilter(Rules([])), ["停水"], ["plain\t甲\t甲"]).below() == [
        "plain: 0.0% found, not 99.5%",
        "blocked: up to 79.35%, not 0.1%",
        "held: up to 79.35%, not 2.0%",
    ]


def test_built_in_words_leave_ordinary_notices_alone(corpus: ModuleType) -> None:
    report = evaluate(WordFilter.from_files(), corpus.clean(), [])
    assert report.held.hits == 0, report.false_alarms[:3]


def test_wilson() -> None:
    low, high = Rate("x", 81, 263).wilson()
    assert (round(low, 3), round(high, 3)) == (0.255, 0.366)
    assert Rate("x", 0, 0).wilson() == (0.0, 1.0)
    assert Rate("x", 5, 5).wilson()[1] == 1.0


def test_a_corpus_is_read_strictly(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="corpus_invalid"):
        read_corpus(tmp_path)
    (tmp_path / "clean.txt").write_text("停水\n", "utf-8")
    (tmp_path / "evil.tsv").write_text("plain\t赌\n", "utf-8")
    with pytest.raises(PolicyError, match="corpus_invalid"):
        evaluate(WordFilter.from_files(), *read_corpus(tmp_path))
