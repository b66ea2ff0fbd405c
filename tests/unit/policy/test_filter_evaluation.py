"""A short form of the evaluation, with bounds a little below what is measured."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from estate_sms.policy.errors import PolicyError
from estate_sms.policy.filter import WordFilter
from estate_sms.policy.filter.evaluation import Rate, evaluate, read_corpus

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "filter"

LEAST = {
    **dict.fromkeys(("plain", "traditional", "full width", "zero width", "combining marks"), 0.99),
    **dict.fromkeys(("separators", "repeats", "enclosed", "emoji", "reversed (3+)"), 0.99),
    **dict.fromkeys(("Latin look-alike", "leet"), 0.97),
    **dict.fromkeys(("parts", "homophone (4+)", "pinyin, one (3+)", "pinyin, whole (4+)"), 0.87),
    "look-alike (3+)": 0.85,
    "two combined": 0.8,
    "by hand": 0.95,
    "filler": 0.0,
}


@pytest.fixture(scope="module")
def corpus() -> ModuleType:
    spec = importlib.util.spec_from_file_location("filter_corpus", ASSETS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _lines(evil: Iterable[Any]) -> list[str]:
    return ["\t".join(one) for one in evil]


def test_corpus_is_what_it_claims(corpus: ModuleType) -> None:
    lines = (ASSETS / "templates.txt").read_text("utf-8").splitlines()
    assert sum(line.startswith("[") for line in lines) >= 20
    assert sum(bool(line) and not line.startswith("[") for line in lines) >= 150
    assert len(set(corpus.clean())) >= 1_000
    assert corpus.clean(50) == corpus.clean(50)
    assert len(corpus.EVASIONS) >= 12
    assert len(list(corpus.by_hand())) >= 200


def test_recall_and_false_alarms(corpus: ModuleType) -> None:
    checked = WordFilter.from_files([ASSETS / "words.csv"])
    report = evaluate(checked, corpus.clean(), _lines([*corpus.evil(120), *corpus.by_hand()]))
    assert {rate.name for rate in report.recall} == set(LEAST)
    for rate in report.recall:
        assert rate.share >= LEAST[rate.name], rate
    assert report.blocked.share <= 0.001
    assert report.held.share <= 0.02


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
