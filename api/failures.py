"""From any exception to a problem answer: the rooms' errors, the framework's, and defects."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any, cast

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.routes import HTTPRoute

from ..policy.callers import Caller
from ..policy.errors import PolicyError
from ..queue.errors import (
    HeldError,
    NotFoundError,
    QueueClosedError,
    QueueError,
    RecallError,
    StateConflictError,
)
from ..store.errors import StoreClosedError, StoreError, StoreFullError, StoreUnwritableError
from .auth import CHALLENGE, source
from .doorkeeper import Doorkeeper
from .language import preferred
from .problems import MEDIA_TYPE, ApiError, problem

AnyRequest = Request[Any, Any, Any]

FRAMEWORK: dict[int, tuple[str, str]] = {
    400: ("bad_request", "The request cannot be understood."),
    404: ("not_found", "There is nothing at this path; /docs lists every call."),
    405: ("method_not_allowed", "This path does not take this method; see the header Allow."),
    413: ("body_too_large", "The body is larger than this gateway takes; split the call."),
    415: ("unsupported_media_type", "Send JSON: the header Content-Type: application/json."),
}
ROOMS: tuple[tuple[type[Exception], int, str, str], ...] = (
    (StoreFullError, 507, "store_full", "The disk is full: nothing was written. Free some space."),
    (
        StoreUnwritableError,
        507,
        "store_unwritable",
        "The database cannot be written: read-only, or no rights. Nothing was written.",
    ),
    (StoreClosedError, 503, "closing", "The gateway is shutting down; try again in a minute."),
    (StoreError, 503, "store_error", "The database failed; nothing was written. Try again."),
    (NotFoundError, 404, "not_found", "There is no such thing."),
    (StateConflictError, 409, "wrong_state", "This cannot be done in its present state."),
    (HeldError, 409, "held", "Something still holds this batch back; see its holds."),
    (QueueClosedError, 503, "closing", "The gateway is shutting down; try again in a minute."),
    (QueueError, 500, "internal", "The gateway failed; the log has the details."),
)


def request_id(request: AnyRequest) -> str:
    """The id that the edge gave this request."""
    return str(request.scope["state"].get("request_id", ""))


def respond(request: AnyRequest, error: ApiError) -> Response[dict[str, Any]]:
    """``error`` as an answer, in the caller's language."""
    language = preferred(request.headers.get("accept-language"))
    words = error.words(language)
    return Response(
        problem(error.status, error.code, words, request_id(request), error.extra),
        status_code=error.status,
        media_type=MEDIA_TYPE,
        headers={**error.headers, "Content-Language": language, "Vary": "Accept-Language"},
    )


def on_api_error(request: AnyRequest, error: ApiError) -> Response[dict[str, Any]]:
    """The layer's own refusals."""
    return respond(request, error)


def on_policy_error(request: AnyRequest, error: PolicyError) -> Response[dict[str, Any]]:
    """The desk's refusals, with what they add (``rejected``, ``hits``, ``scope``, …)."""
    if error.status == 403:  # a good token, but not for this
        caller = cast("dict[str, Any]", request.scope).get("user")
        actor = caller.actor if isinstance(caller, Caller) else ""
        keeper = getattr(request.app, "doorkeeper", None)
        if isinstance(keeper, Doorkeeper):
            keeper.refused(source(request), error.code, actor)
    headers = CHALLENGE if error.status == 401 else {}
    if error.status == 503:
        headers = {"Retry-After": str(error.extra.get("retry_after", 60))}
    chinese = error.message_in("zh")
    return respond(
        request,
        ApiError(
            error.status, error.code, error.message,
            headers=headers, chinese=chinese, **error.extra,
        ),
    )  # fmt: skip


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[dict[str, Any]]:
    """The framework's errors, in our words: its own may quote what was sent."""
    if isinstance(error, ValidationException):
        return respond(request, _parameter(error))
    if error.status_code not in FRAMEWORK:
        return on_defect(request, error)
    code, detail = FRAMEWORK[error.status_code]
    headers = {"Allow": _allowed(request)} if error.status_code == 405 else {}
    return respond(request, ApiError(error.status_code, code, detail, headers=headers))


def _allowed(request: AnyRequest) -> str:
    """The methods of the request's path: a 405 must name them, and Litestar does not."""
    asked = request.scope["path"].strip("/").split("/")
    methods: set[str] = set()
    for route in request.app.routes:
        names = route.path_format.strip("/").split("/")
        alike = len(names) == len(asked) and all(
            name == word or name.startswith("{") for name, word in zip(names, asked, strict=True)
        )
        if alike and isinstance(route, HTTPRoute):
            methods |= {str(method) for method in route.methods}
    return ", ".join(sorted(methods))


def _parameter(error: ValidationException) -> ApiError:
    """422 for a query or path parameter of a wrong type or out of range."""
    extra = cast("list[dict[str, Any]]", error.extra if isinstance(error.extra, list) else [])
    names = [str(item["key"]) for item in extra if "key" in item]
    if not names:
        return ApiError(422, "bad_parameter", "A parameter has a wrong value; see /docs.")
    if names[0] == "data":
        return ApiError(
            422, "missing_body", "This call needs a JSON body; see /docs.", field="body"
        )
    return ApiError(
        422,
        "bad_parameter",
        f"The parameter {names[0]} has a wrong value; see /docs.",
        field=names[0],
    )


def on_defect(request: AnyRequest, error: Exception) -> Response[dict[str, Any]]:
    """Everything else. The log gets the kind and the place, never the words: they may hold data."""
    if isinstance(error, RecallError):
        return respond(request, ApiError(409, error.code, str(error), recall=error.recall))
    for kind, status, code, detail in ROOMS:
        if isinstance(error, kind):
            if status == 500:
                break
            headers = {"Retry-After": "60"} if status == 503 else {}
            return respond(request, ApiError(status, code, detail, headers=headers))
    structlog.get_logger().error(
        "http.defect", request=request_id(request), kind=type(error).__name__, at=places(error)
    )
    return respond(request, ApiError(500, "internal", "The gateway failed; its log has more."))


def places(error: BaseException) -> list[str]:
    """The innermost lines that led to ``error``: file, line and function."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]


HANDLERS: dict[int | type[Exception], Callable[[AnyRequest, Any], Response[Any]]] = {
    ApiError: on_api_error,
    PolicyError: on_policy_error,
    HTTPException: on_http_error,
    Exception: on_defect,
}
