"""Tokens and scopes."""

from __future__ import annotations

from estate_sms.policy.callers import CLI

from .conftest import Site

PATHS = {
    "messages:read": ("GET", "/api/v1/messages"),
    "inbox": ("GET", "/api/v1/inbox"),
    "admin": ("GET", "/api/v1/keys"),
    "audit": ("GET", "/api/v1/audit/head"),
    "recall": ("POST", "/api/v1/batches/b1/recall"),
    "approve": ("POST", "/api/v1/batches/b1/approve"),
}


HEADERS = [None, "", "Bearer", "Basic eDp5", "Bearer wrong", "Bearer esk_x_y", "Bearer é"]


async def test_no_or_wrong_token(site: Site) -> None:
    async with site.client() as client:
        for header in HEADERS:
            headers = [] if header is None else [(b"authorization", header.encode("latin-1"))]
            answer = await client.get("/api/v1/messages", headers=headers)
            assert answer.status_code == 401, header
            assert answer.headers["www-authenticate"].startswith("Bearer ")
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] in {"no_token", "invalid_token"}


async def test_a_revoked_token(site: Site) -> None:
    made = await site.keys.create(CLI, "gone", ["messages:read"])
    async with site.client(made.token) as client:
        assert (await client.get("/api/v1/modems")).status_code == 200
        await site.keys.revoke(CLI, made.info.id)
        answer = await client.get("/api/v1/modems")
    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_token"
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_a_missing_scope_is_named(site: Site) -> None:
    async with site.client(await site.token("filter")) as client:
        for scope, (method, path) in PATHS.items():
            answer = await client.request(method, path, json={"reason": "x"})
            assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope"), scope
            assert answer.json()["scope"] == scope
            assert scope in answer.json()["message"]


async def test_the_token_is_checked_before_the_body_is_read(site: Site) -> None:
    async with site.client() as client:
        answer = await client.post("/api/v1/messages", content=b"{" * 5_000_000)
    assert answer.status_code == 401
