"""Every room's error has its answer."""

from __future__ import annotations

from typing import Any, cast

import httpx
import pytest
from litestar import Litestar, get

from estate_sms.api.failures import HANDLERS
from estate_sms.api.problems import problem
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.problems import PROBLEMS, Code
from estate_sms.queue.errors import (
    HeldError,
    NotFoundError,
    QueueClosedError,
    RecallError,
    StateConflictError,
)
from estate_sms.store.errors import (
    CommitFailedError,
    StoreClosedError,
    StoreFullError,
    StoreUnwritableError,
)

SECRET = "13800138000"


async def answer_to(error: Exception) -> httpx.Response:
    @get("/x")
    async def fails() -> None:
        raise error

    app = Litestar([fails], exception_handlers=HANDLERS, openapi_config=None, logging_config=None)
    transport = httpx.ASGITransport(cast("Any", app))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        return await client.get("/x")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StoreFullError(SECRET), 507, "store_full"),
        (StoreUnwritableError(SECRET), 507, "store_unwritable"),
        (StoreClosedError(SECRET), 503, "closing"),
        (CommitFailedError(SECRET), 503, "store_error"),
        (NotFoundError(SECRET), 404, "not_found"),
        (StateConflictError(SECRET), 409, "wrong_state"),
        (QueueClosedError(SECRET), 503, "closing"),
        (HeldError(SECRET), 409, "held"),
        (ValueError(SECRET), 500, "internal"),
        (KeyError(SECRET), 500, "internal"),
        (RecallError("already_running", "A recall of this runs.", "r1"), 409, "already_running"),
    ],
)
async def test_errors_of_the_rooms(error: Exception, status: int, code: str) -> None:
    answer = await answer_to(error)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert SECRET not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)


@pytest.mark.parametrize("code", PROBLEMS)
async def test_every_refusal_of_the_desk(code: Code) -> None:
    answer = await answer_to(PolicyError(code))
    assert (answer.status_code, answer.json()["code"]) == (PROBLEMS[code].status, code)
    assert answer.json()["message"]
    assert ("www-authenticate" in answer.headers) == (answer.status_code == 401)


def test_extras_never_replace_the_standard_members() -> None:
    extra: dict[str, Any] = {"status": 200, "code": "ok", "field": "to"}
    made = problem(422, "wrong_type", "No.", "r", extra)
    assert (made["status"], made["code"], made["field"]) == (422, "wrong_type", "to")
    assert made["type"] == "urn:estate-sms:problem:wrong_type"
