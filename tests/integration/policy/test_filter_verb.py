"""``estate-sms filter`` without a running service: a text, a file, a corpus."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from estate_sms.gateway.cli.filter import command

HEAD = "word,category,action\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "own.csv"
    file.write_text(HEAD + "翠湖秘方,ours,block\n", "utf-8")
    return file


def _run(*words: str | Path, text: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(word) for word in words], input=text)
    return result.exit_code, result.stdout


def test_check(own: Path) -> None:
    code, out = _run("check", "--json", "--list", own, "-", text="请买翠·湖·秘·方")
    answer = json.loads(out)
    assert (code, answer["action"]) == (7, "block")
    (hit, *_) = answer["hits"]
    assert (hit["start"], hit["end"], hit["view"]) == (2, 9, "separators")
    assert hit["advice"]
    assert _run("check", "--list", own, "加我example.com")[0] == 4
    assert _run("check", "--list", own, "明天停水")[0] == 0


def test_files_are_compared_and_tried(own: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(HEAD + "翠湖秘方,ours,review\n", "utf-8")
    assert _run("diff", own, other) == (1, "~ 翠湖秘方: action block → review\n")
    assert _run("diff", own, own) == (0, "")
    assert _run("import", "--dry-run", own)[0] == 0
    assert _run("lists", "--export", "built-in")[1].startswith("word,category,action,severity")


def test_corpus(own: Path, tmp_path: Path) -> None:
    (tmp_path / "words.csv").write_bytes(own.read_bytes())
    (tmp_path / "clean.txt").write_text("明天停水\n", "utf-8")
    (tmp_path / "evil.tsv").write_text("plain\t翠湖秘方\t买翠湖秘方\nother\tx\t你好\n", "utf-8")
    code, out = _run("test", "--json", "--corpus", tmp_path)
    rates = {rate["kind"]: (rate["found"], rate["of"]) for rate in json.loads(out)}
    assert code == 0
    assert rates == {"plain": (1, 1), "other": (0, 1), "blocked": (0, 1), "held": (0, 1)}
