"""Every call that decides or administers, with what nobody should send it: always a clear no."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from estate_sms.policy.callers import CLI, SCOPES

from .conftest import Site

ROOMS = {"approval", "batches", "recall", "policy", "keys", "people", "filter"}
BODIES: tuple[bytes, ...] = (
    b"[]",
    b"null0",
    b'"reason"',
    b"7",
    b"{",
    b"\xff\xfe",
    b'{"reason": 7}',
    b'{"reason": "\\ud800"}',
    b'{"nonsense": 1}',
    b'{"reason": {"a": [[]]}}',
    b"[" * 5_000,
    b'{"reason": "' + b"x" * 5_000 + b'"}',
    json.dumps({"reason": "a\x00b\u202e" * 200, "digest": "0" * 5_000}).encode(),
)
IDS = ("x", "%00", "%F0%9F%92%A9", "b" * 300, "..%2f..%2fkeys", "' OR 1=1 --", "%ED%A0%80")
HUGE = b'{"reason": "' + b"x" * (2 << 20) + b'"}'


async def _calls(client: httpx.AsyncClient) -> list[tuple[str, str, str]]:
    """Method, path and operation of every call of these rooms."""
    document: dict[str, Any] = (await client.get("/openapi.json")).json()
    found = [
        (method.upper(), path, str(operation.get("description", "")))
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in {"get", "post", "delete"} and ROOMS.intersection(operation.get("tags", ()))
    ]
    assert len(found) > 35, "the rooms are all there"
    return found


def _refused(answer: httpx.Response, call: tuple[str, str, str], what: object) -> str:
    told = (call[:2], what, answer.status_code, answer.text[:200])
    assert 400 <= answer.status_code < 500, told
    assert answer.headers["content-type"].startswith("application/problem+json"), told
    problem = answer.json()
    assert problem["status"] == answer.status_code, told
    assert problem["message"], told
    return str(problem["code"])


async def test_without_a_token_and_with_the_wrong_one(site: Site) -> None:
    async with site.client() as nobody, site.client(await site.token("inbox")) as other:
        for call in await _calls(nobody):
            method, path, described = call
            url = re.sub(r"{\w+}", "x", path)
            assert _refused(await nobody.request(method, url), call, "no token") == "no_token"
            answer = await other.request(method, url, json=None if method == "GET" else {})
            code = _refused(answer, call, "wrong scope")
            if re.search(r"Scope: `[\w:]+`\.?$", described):
                assert code == "missing_scope", call
            assert answer.status_code in {401, 403, 404, 422}, (call, answer.text)


async def test_bodies_and_ids_that_make_no_sense(site: Site) -> None:
    """By a caller who may do everything that one person may."""
    person = (await site.people.add(CLI, "王")).id
    scopes = [scope for scope in SCOPES if scope not in {"approve", "audit"}]
    admin = await site.token(*scopes)
    approver = await site.token("approve", "messages:read", "filter", person=person)
    before = [await site.keys.list(CLI), await site.people.list(CLI)]
    headers = {"Content-Type": "application/json"}
    async with site.client(admin) as one, site.client(approver) as two:
        for call in await _calls(one):
            method, path, _ = call
            client = two if path.endswith(("approve", "reject", "return", "countersign")) else one
            for rubbish in IDS if "{" in path else ():
                url = re.sub(r"{\w+}", rubbish, path)
                body = None if method == "GET" else {"reason": "x"}
                _refused(await client.request(method, url, json=body), call, rubbish)
            for content in BODIES if method == "POST" else ():
                url = re.sub(r"{\w+}", "x", path)
                answer = await client.post(url, content=content, headers=headers)
                _refused(answer, call, content[:40])
        answer = await one.post("/api/v1/policy", content=HUGE, headers=headers)
        assert _refused(answer, ("POST", "/api/v1/policy", ""), "huge") == "body_too_large"
    assert [await site.keys.list(CLI), await site.people.list(CLI)] == before
