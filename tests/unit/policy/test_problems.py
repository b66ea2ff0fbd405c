"""Codes are a door: each has words in two languages, whose gaps the raisers fill."""

from __future__ import annotations

import ast
import string
from pathlib import Path
from typing import get_args

import pytest

from estate_sms.policy.errors import PolicyError
from estate_sms.policy.problems import PROBLEMS, Code

ROOM = Path(__file__).resolve().parents[3] / "policy"
CODES: tuple[Code, ...] = tuple(code for part in get_args(Code) for code in get_args(part))


def _raised() -> dict[str, list[set[str]]]:
    """Code -> the keyword arguments of each place that builds its error."""
    found: dict[str, list[set[str]]] = {}
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "PolicyError":
                continue
            for constant in ast.walk(node.args[0]):
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                    given = {keyword.arg or "" for keyword in node.keywords}
                    found.setdefault(constant.value, []).append(given)
    return found


def _gaps(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_table_is_complete() -> None:
    assert set(PROBLEMS) == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_words(code: Code) -> None:
    problem = PROBLEMS[code]
    assert 400 <= problem.status <= 507
    assert problem.en.endswith(".")
    assert problem.zh.endswith("。")
    assert _gaps(problem.en) >= _gaps(problem.zh)


def test_every_raiser_fills_the_gaps() -> None:
    for code, places in _raised().items():
        for given in places:
            assert _gaps(PROBLEMS[code].en) <= given, code  # type: ignore[index]  # from the source


def test_error_speaks_without_its_extras() -> None:
    error = PolicyError("text_too_long", segments=11, characters=700, limit=10)
    assert str(error) == "text_too_long"
    assert (error.status, "11 segments" in error.message) == (422, True)
    assert "700" in error.message_in("zh")
    assert PolicyError("missing_scope").message  # a gap is no second error
