"""The description of the API, in our words: problems, scopes, the token."""

from __future__ import annotations

import copy
from typing import Any, cast

import msgspec
from litestar import Litestar, Router
from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.routes import HTTPRoute

from ..queue.priorities import PURPOSES
from .auth import OPEN, scope_of
from .problems import MEDIA_TYPE

_BUILT = "openapi_json"
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457); some codes add members of their own.",
    "required": ["type", "title", "status", "detail", "instance", "code", "message"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string", "description": "Stable; other programs may rely on it."},
        "message": {"type": "string"},
    },
}
_ENUMS = {
    "purpose": list(PURPOSES),
    "priority": ["emergency", "urgent", "normal", "bulk", None],
}


def config(version: str) -> OpenAPIConfig:
    """Litestar's own pages load scripts from CDNs: they are put where nobody gets an answer."""
    return OpenAPIConfig(
        title="Estate SMS",
        version=version,
        description="Send, watch, approve and recall text messages through a bank of modems.",
        render_plugins=[JsonRenderPlugin()],
        use_handler_docstrings=True,
        openapi_router=Router(
            path="/.litestar", route_handlers=[], include_in_schema=False, guards=[_nobody]
        ),
    )


def _nobody(_: ASGIConnection[Any, Any, Any, Any], __: BaseRouteHandler) -> None:
    raise NotFoundException


def description(app: Litestar) -> bytes:
    """The OpenAPI document of ``app`` as JSON. Built once; takes about 100 ms: not on the loop."""
    if _BUILT not in app.state:
        app.state[_BUILT] = msgspec.json.encode(_described(app))
    built: bytes = app.state[_BUILT]
    return built


def _described(app: Litestar) -> dict[str, Any]:
    document = copy.deepcopy(app.openapi_schema.to_schema())
    components = document["components"]
    components["schemas"]["Problem"] = _PROBLEM
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    request = components["schemas"]["SendRequest"]["properties"]
    for name, values in _ENUMS.items():
        request[name]["enum"] = values
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path_format in document["paths"]:
            for method, (handler, _) in route.route_handler_map.items():
                operation = document["paths"][route.path_format].get(method.lower())
                if operation is not None:
                    _complete(operation, handler)
    return document


def _complete(operation: dict[str, Any], handler: BaseRouteHandler) -> None:
    """Errors as they are, and who may call."""
    _optional(operation.get("requestBody"))
    for parameter in operation.get("parameters", []):
        if models := _without_null(parameter.get("schema", {})):
            parameter["schema"] = models[0]
    responses = cast("dict[str, Any]", operation["responses"])
    responses.pop("400", None)
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses["default"] = {"description": "A problem.", "content": problem}
    operation["security"] = (
        [{"token": []}, {}] if OPEN.items() <= handler.opt.items() else [{"token": []}]
    )
    if (scope := scope_of(handler)) is not None:
        words = str(operation.get("description", ""))
        operation["description"] = f"{words}\n\nScope: `{scope}`.".strip()


def _optional(body: dict[str, Any] | None) -> None:
    """A body that a handler does without: Litestar says "required, but may be null"."""
    if body is not None:
        for content in body["content"].values():
            if models := _without_null(content["schema"]):
                content["schema"] = models[0]
                body["required"] = False


def _without_null(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The choices of a schema that may also be null; none when it may not."""
    choices: list[dict[str, Any]] = schema.get("oneOf", [])
    models = [choice for choice in choices if choice.get("type") != "null"]
    return models if len(models) < len(choices) else []
