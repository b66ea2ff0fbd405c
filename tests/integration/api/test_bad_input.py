"""Every bad input has its status, its code and the one shape of an error; none echoes what was sent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import structlog

from .conftest import NUMBER, Site

TEXT = "今晚停水"
GOOD: dict[str, Any] = {"to": [NUMBER], "text": TEXT, "purpose": "service"}
JSON = {"Content-Type": "application/json"}
MEMBERS = {"type", "title", "status", "detail", "instance", "code", "message"}


def check(answer: httpx.Response, status: int, code: str, what: object = "") -> dict[str, Any]:
    """The answer is this problem, complete, and repeats nothing of the call."""
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), (what, problem)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem.keys() >= MEMBERS
    assert problem["status"] == status
    assert problem["message"] == problem["detail"]
    assert problem["instance"].endswith(answer.headers["x-request-id"])
    assert "1380013" not in answer.text
    assert TEXT not in answer.text
    assert "Traceback" not in answer.text
    return problem


@dataclass(frozen=True)
class Case:
    """A body that is wrong, and what is said of it."""

    name: str
    change: dict[str, Any]
    status: int
    code: str
    field: str | None = None


CASES = [
    Case("no recipient", {"to": []}, 422, "no_valid_recipient"),
    Case("10,001 recipients", {"to": ["1"] * 10_001}, 422, "too_many_recipients"),
    Case("no number", {"to": ["hello"]}, 422, "no_valid_recipient"),
    Case("a landline", {"to": ["+862112345678"]}, 422, "no_valid_recipient"),
    Case("to is a string", {"to": NUMBER}, 422, "wrong_type", "to"),
    Case("a number that is an int", {"to": [13800138000]}, 422, "wrong_type", "to[0]"),
    Case("empty text", {"text": ""}, 422, "text_empty"),
    Case("blank text", {"text": " \n\u3000"}, 422, "text_empty"),
    Case("10 kB text", {"text": "水" * 10_000}, 422, "text_too_long"),
    Case("NUL", {"text": "a\0b"}, 422, "text_invalid"),
    Case("RTL override", {"text": "a\u202eb"}, 422, "text_invalid"),
    Case("text is null", {"text": None}, 422, "wrong_type", "text"),
    Case("no purpose", {"purpose": ...}, 422, "missing_field", "purpose"),
    Case("unknown purpose", {"purpose": "13800138000"}, 422, "purpose_unknown"),
    Case("unknown priority", {"priority": "asap"}, 422, "priority_unknown"),
    Case("emergency for service", {"priority": "emergency"}, 403, "emergency_scope"),
    Case("past validity", {"valid_until": "2020-01-01T00:00:00Z"}, 422, "valid_until_past"),
    Case("naive time", {"valid_until": "2099-01-01T00:00:00"}, 422, "time_invalid"),
    Case("no time", {"not_before": "tomorrow"}, 422, "invalid_value", "not_before"),
    Case("unknown field", {"tex": "x"}, 422, "unknown_field", "tex"),
    Case("a number as a field", {"13800138000": 1}, 422, "unknown_field", "…"),
    Case("flash is a word", {"flash": "true"}, 422, "wrong_type", "flash"),
    Case("long reference", {"client_ref": "x" * 1000}, 422, "reference_too_long"),
]


async def test_bad_sends(sender: httpx.AsyncClient) -> None:
    for case in CASES:
        body = {**GOOD, **case.change}
        body = {name: value for name, value in body.items() if value is not ...}
        answer = await sender.post("/api/v1/messages", json=body)
        problem = check(answer, case.status, case.code, case.name)
        if case.field is not None:
            assert problem["field"] == case.field, case.name


BODIES = [
    (b"", 422, "missing_body"),
    (b"{", 400, "malformed_json"),
    (b"to=1", 400, "malformed_json"),
    (b"[]", 422, "wrong_type"),
    (b"null", 422, "wrong_type"),
    (b'{"text":"\xff"}', 400, "malformed_json"),
    (b"[" * 100_000, 422, "wrong_type"),
    (b'{"to": ' + b"[" * 100_000, 422, "wrong_type"),
    (b'{"to":["1"],"text":"\\ud83d","purpose":"service"}', 400, "malformed_json"),
    (b'{"to":["1"],"text":"\xed\xa0\xbd","purpose":"service"}', 400, "malformed_json"),
    (b" " * 1_100_000, 413, "body_too_large"),
]


async def test_bodies_that_are_no_send(sender: httpx.AsyncClient) -> None:
    for raw, status, code in BODIES:
        answer = await sender.post("/api/v1/messages", content=raw, headers=JSON)
        check(answer, status, code, raw[:40])


async def test_a_body_that_grows_without_a_length(sender: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 32_768

    answer = await sender.post("/api/v1/messages", content=chunks(), headers=JSON)
    check(answer, 413, "body_too_large")


PLACES = [
    ("GET", f"/nowhere/{NUMBER}", 404, "not_found"),
    ("GET", "/api/v1/messages/m-nothing", 404, "not_found"),
    ("GET", f"/api/v1/messages/{NUMBER}", 404, "not_found"),
    ("GET", "/api/v1/messages/" + "m" * 41, 422, "bad_parameter"),
    ("GET", "/api/v1/batches/b-nothing", 404, "not_found"),
    ("GET", "/api/v1/recalls/r-nothing", 404, "not_found"),
    ("GET", "/api/v1/modems/Z9", 404, "not_found"),
    ("GET", f"/api/v1/numbers/{NUMBER}", 404, "not_found"),
    ("GET", "/api/v1/numbers/hello", 422, "invalid_number"),
    ("DELETE", "/api/v1/messages", 405, "method_not_allowed"),
    ("POST", f"/api/v1/numbers/{NUMBER}", 405, "method_not_allowed"),
    ("GET", "/.litestar/openapi.json", 404, "not_found"),
    ("GET", "/.litestar/13800138000", 404, "not_found"),
    ("GET", "/api/v1/messages?limit=0", 422, "bad_parameter"),
    ("GET", "/api/v1/messages?limit=501", 422, "bad_parameter"),
    ("GET", f"/api/v1/messages?limit={NUMBER}x", 422, "bad_parameter"),
    ("GET", "/api/v1/messages?state=13800138000", 422, "bad_parameter"),
    ("GET", "/api/v1/messages?since=yesterday", 422, "bad_parameter"),
    ("GET", "/api/v1/messages?since=2026-01-01T00:00:00", 422, "time_invalid"),
    ("GET", "/api/v1/messages?cursor=x", 422, "bad_cursor"),
    ("GET", "/api/v1/messages?cursor=AZKpcmVjYWxsOnIBAQ", 422, "bad_cursor"),
    ("GET", f"/api/v1/messages?cursor={NUMBER}", 422, "bad_cursor"),
]


async def test_bad_paths_and_queries(sender: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as logs:
        for method, path, status, code in PLACES:
            problem = check(await sender.request(method, path), status, code, path)
            if code == "bad_parameter":
                assert problem["field"], path
    assert len(logs) == len(PLACES)
    assert "1380013" not in repr(logs)


async def test_a_405_says_what_is_allowed(sender: httpx.AsyncClient) -> None:
    answer = await sender.delete("/api/v1/messages")
    assert {"GET", "POST"} <= {m.strip() for m in answer.headers["allow"].split(",")}
    answer = await sender.put(f"/api/v1/numbers/{NUMBER}")
    assert "GET" in answer.headers["allow"]
    assert "POST" not in answer.headers["allow"]


async def test_bodies_that_do_not_say_json(sender: httpx.AsyncClient) -> None:
    raw = json.dumps(GOOD).encode()
    for kind in (None, "text/plain", "application/x-www-form-urlencoded"):
        headers = {} if kind is None else {"Content-Type": kind}
        answer = await sender.post("/api/v1/messages", content=raw, headers=headers)
        check(answer, 415, "unsupported_media_type", kind)


async def test_rejections_name_places_not_numbers(sender: httpx.AsyncClient) -> None:
    answer = await sender.post("/api/v1/messages", json={**GOOD, "to": ["110", "hello"]})
    problem = check(answer, 422, "no_valid_recipient")
    assert [item["index"] for item in problem["rejected"]] == [0, 1]
    assert all(item["code"] and item["detail"] for item in problem["rejected"])


async def test_a_defect_is_500_without_its_words(
    site: Site, sender: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError(f"{NUMBER} {TEXT}")

    monkeypatch.setattr(type(site.desk), "send", broken)
    with structlog.testing.capture_logs() as logs:
        check(await sender.post("/api/v1/messages", json=GOOD), 500, "internal")
    (line,) = [line for line in logs if line["event"] == "http.defect"]
    assert line["kind"] == "RuntimeError"
    assert any("broken" in place for place in line["at"])
    assert NUMBER not in repr(logs)
    assert TEXT not in repr(logs)


async def test_a_full_disk_is_507_and_writes_nothing(site: Site, sender: httpx.AsyncClient) -> None:
    pages = await site.store.read(lambda c: int(c.execute("PRAGMA page_count").fetchone()[0]))
    await site.store.write(lambda uow: uow.execute(f"PRAGMA max_page_count = {pages}"))
    body = {**GOOD, "to": [f"1380013{n:04}" for n in range(2000)]}
    check(await sender.post("/api/v1/messages", json=body), 507, "store_full")
    await site.store.write(lambda uow: uow.execute("PRAGMA max_page_count = 1000000"))
    assert (await sender.get("/api/v1/messages")).json() == {"items": [], "next_cursor": None}
    assert (await sender.post("/api/v1/messages", json=GOOD)).status_code == 202
