"""The description of the API is complete, and says what the service does."""

from __future__ import annotations

import json
import re
from typing import Any

from litestar.routes import HTTPRoute

from .conftest import Site

CALLS = """
POST /api/v1/backups
POST /api/v1/batches/{batch_id}/priority
POST /api/v1/messages/{message_id}/cancel
POST /api/v1/messages/{message_id}/close
POST /api/v1/messages/{message_id}/requeue
POST /api/v1/modems/{label}/pause
POST /api/v1/modems/{label}/resume
POST /api/v1/messages
GET /api/v1/messages
GET /api/v1/messages/{message_id}
POST /api/v1/messages/{message_id}/recall
GET /api/v1/batches
GET /api/v1/batches/{batch_id}
GET /api/v1/batches/{batch_id}/explanation
POST /api/v1/batches/{batch_id}/approve
POST /api/v1/batches/{batch_id}/countersign
POST /api/v1/batches/{batch_id}/return
POST /api/v1/batches/{batch_id}/reject
POST /api/v1/batches/{batch_id}/cancel
POST /api/v1/batches/{batch_id}/pause
POST /api/v1/batches/{batch_id}/resume
POST /api/v1/batches/{batch_id}/recall
GET /api/v1/recalls/{recall_id}
GET /api/v1/recalls/{recall_id}/summary
POST /api/v1/recalls/{recall_id}/approve
POST /api/v1/recalls/{recall_id}/reject
POST /api/v1/messages/estimate
GET /api/v1/alarms
GET /api/v1/clock
POST /api/v1/clock/accept
GET /api/v1/emergencies
GET /api/v1/modems
GET /api/v1/modems/{label}
GET /api/v1/numbers/{number}
PUT /api/v1/numbers/{number}/opt-outs/{purpose}
DELETE /api/v1/numbers/{number}/opt-outs/{purpose}
GET /api/v1/opt-outs
GET /api/v1/inbox
GET /api/v1/inbox/{inbox_id}
GET /api/v1/events
POST /api/v1/filter/check
GET /api/v1/filter/lists
POST /api/v1/filter/lists
GET /api/v1/filter/lists/{list_id}
GET /api/v1/filter/lists/{list_id}/changes
POST /api/v1/filter/lists/{list_id}/approve
POST /api/v1/filter/lists/{list_id}/reject
POST /api/v1/filter/lists/{list_id}/restore
GET /api/v1/policy
POST /api/v1/policy
GET /api/v1/policy/{proposal}
POST /api/v1/policy/{proposal}/approve
POST /api/v1/policy/{proposal}/reject
GET /api/v1/keys
POST /api/v1/keys
DELETE /api/v1/keys/{key_id}
GET /api/v1/keys/grants
POST /api/v1/keys/grants/{grant}/approve
POST /api/v1/keys/grants/{grant}/reject
GET /api/v1/people
POST /api/v1/people
POST /api/v1/people/{person_id}/disable
GET /api/v1/audit/head
POST /api/v1/audit/exports
GET /api/v1/audit/anchors
GET /api/v1/audit/blocks
GET /api/v1/audit/blocks/{sequence}/report
POST /api/v1/audit/anchors
GET /livez
GET /readyz
GET /metrics
GET /openapi.json
"""
METHODS = {"get", "put", "post", "delete", "patch"}


async def document(site: Site) -> dict[str, Any]:
    async with site.client() as client:
        answer = await client.get("/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_every_call_is_described_and_no_other(site: Site) -> None:
    paths = (await document(site))["paths"]
    described = {
        f"{m.upper()} {path}" for path, item in paths.items() for m in item if m in METHODS
    }
    assert described == set(CALLS.split("\n")) - {""}
    served = {
        f"{method} {route.path_format}"
        for route in site.app.routes
        if isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items()
        if handler.resolve_include_in_schema() and method != "OPTIONS"
    }
    assert served == described


async def test_the_document_is_sound(site: Site) -> None:
    found = await document(site)
    assert await document(site) == found
    assert found["openapi"].startswith("3.1")
    assert found["info"]["title"] == "Estate SMS"
    ids = list[str]()
    for path, item in found["paths"].items():
        for method, operation in item.items():
            if method not in METHODS:
                continue
            ids.append(operation["operationId"])
            assert operation.get("description") or operation.get("summary"), path
            assert "400" not in operation["responses"]
            problem = operation["responses"]["default"]["content"]["application/problem+json"]
            assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert operation["security"]
            inside = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
            assert inside == set(re.findall(r"{(\w+)}", path))
    assert len(ids) == len(set(ids))
    assert not dangling(found)


def dangling(document: dict[str, Any]) -> list[str]:
    """References that lead nowhere."""
    missing: list[str] = []
    for target in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        place: Any = document
        for step in target.split("/"):
            place = place.get(step, {})
        if not place:
            missing.append(target)
    return missing


async def test_scopes_bodies_and_choices_are_said(site: Site) -> None:
    found = await document(site)
    listed = found["paths"]["/api/v1/messages"]["get"]
    assert "Scope: `messages:read`" in listed["description"]
    assert {p["name"] for p in listed["parameters"]} == {
        "batch", "state", "since", "limit", "cursor",
    }  # fmt: skip
    sent = found["paths"]["/api/v1/messages"]["post"]
    assert [p["name"] for p in sent["parameters"]] == ["Idempotency-Key"]
    assert sent["requestBody"]["required"] is True
    body = found["components"]["schemas"]["SendRequest"]
    assert set(body["required"]) == {"to", "text", "purpose"}
    assert "emergency" in body["properties"]["purpose"]["enum"]
    approve = found["paths"]["/api/v1/batches/{batch_id}/approve"]["post"]
    assert approve["requestBody"]["required"] is False
    assert found["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
