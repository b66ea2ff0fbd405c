"""The compliance map says what is true: every row stands there, and every test it names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "compliance.md").read_text(encoding="utf-8")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows() -> list[list[str]]:
    """The cells of each row of the map."""
    lines = [line for line in PAGE.splitlines() if re.match(r"\| R\d+ \|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def functions(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def test_every_row_is_here_and_every_named_test_exists() -> None:
    assert [row[0] for row in rows()] == [f"R{n}" for n in range(1, 34)]
    named = _TEST.findall(PAGE)
    assert len(named) > 30
    assert [f"{file}::{name}" for file, name in named if name not in functions(file)] == []


def test_what_is_done_has_feature_evidence_and_test_and_what_is_open_says_so() -> None:
    for row, _, feature, evidence, tests, state in rows():
        word = re.split(r"\W", state)[0]
        assert word in {"done", "part", "open"}, row
        if word == "done":
            assert "–" not in (feature, evidence), row
            assert _TEST.search(tests), row


def test_the_rows_that_the_sending_core_owns_are_done() -> None:
    done = {row[0] for row in rows() if row[-1].startswith("done")}
    assert {f"R{n}" for n in (3, 4, 6, 8, 12, 13, 14, 23, 24, 25, 26, 29, 30, 31)} <= done


def test_the_page_names_only_verbs_and_records_that_exist() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("estate", "policy", "audit", "gateway", "queue", "api")
        for path in (ROOT / folder).rglob("*.py")
    )
    for action in re.findall(
        r"`((?:key|erasure|retention|withdrawal|number|ledger|access|sim|opt_out|disclosure)\.\w+)`",
        PAGE,
    ):
        assert f'"{action}"' in source, action
    for verb in re.findall(r"`privacy ([a-z-]+)", PAGE):
        assert f'.command("{verb}")' in source, verb
