"""Refusals in the caller's language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, get

from estate_sms.api import failures
from estate_sms.api.language import CHINESE, in_chinese, preferred
from estate_sms.api.problems import ApiError
from estate_sms.policy.errors import PolicyError
from estate_sms.queue.errors import RecallError

ROOT = Path(__file__).parents[3]
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("ZH-hant-TW", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.5", "en"),
        ("fr, zh;q=0.3", "zh"),
        ("zh;q=0, en", "en"),
        ("zh;q=x", "en"),
        ("zh;v=1", "en"),
        (",;,;q=", "en"),
        ("zz" * 10_000 + ",zh", "en"),
    ],
)
def test_the_header_decides(header: str | None, language: str) -> None:
    assert preferred(header) == language


@given(st.text())
def test_any_header_is_a_language(header: str) -> None:
    assert preferred(header) in {"en", "zh"}


@pytest.mark.parametrize(
    "error",
    [
        ApiError(422, "missing_field", "The field to is required.", field="to"),
        PolicyError("expiry_past"),
        RecallError("already_running", "a recall of this is under way"),
        KeyError("x"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_the_same_refusal_in_both(error: Exception) -> None:
    @get("/x")
    async def fails() -> None:
        raise error

    app = Litestar([fails], exception_handlers=failures.HANDLERS, openapi_config=None)
    transport = httpx.ASGITransport(cast("Any", app))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        english = await client.get("/x")
        chinese = await client.get("/x", headers={"Accept-Language": "zh-CN"})
    assert english.headers["content-language"] == "en"
    assert chinese.headers["content-language"] == "zh"
    assert chinese.headers["vary"] == "Accept-Language"
    assert english.json()["code"] == chinese.json()["code"]
    assert not HAN.search(english.json()["message"])
    assert HAN.search(chinese.json()["message"])
    assert chinese.json()["detail"] == chinese.json()["message"]


def test_every_refusal_of_the_layer_has_chinese_words() -> None:
    codes = {code for path in (ROOT / "api").rglob("*.py") for code in _codes(path, "ApiError")}
    codes |= {
        code for path in (ROOT / "queue").rglob("*.py") for code in _codes(path, "RecallError")
    }
    codes |= {code for code, _ in failures.FRAMEWORK.values()} | {row[2] for row in failures.ROOMS}
    assert codes == set(CHINESE)
    assert all(HAN.search(words) for words in CHINESE.values())


def test_a_gap_is_never_a_second_error() -> None:
    assert in_chinese("missing_field", {}) == "缺少必填字段 …。"
    assert in_chinese("unheard_of", {}) is None


def _codes(path: Path, error: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == error:
            yield from (
                str(argument.value)
                for argument in node.args[:2]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                if re.fullmatch(r"[a-z_]+", argument.value)
            )
