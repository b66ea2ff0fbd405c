"""Problem details (RFC 9457): the one shape of every error answer."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from ..policy.errors import Language
from .language import in_chinese

MEDIA_TYPE = "application/problem+json"


class Problem(msgspec.Struct, kw_only=True):
    """An error answer. Some codes add members of their own, such as ``field`` or ``rejected``."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    message: str


class ApiError(Exception):
    """A refusal by the HTTP layer itself: a stable code, a status, and what to do next.

    ``detail`` and ``extra`` never repeat what the caller sent, but for names of fields. ``chinese``
    is needed only where :data:`.language.CHINESE` does not know the code.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        chinese: str | None = None,
        **extra: object,
    ) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.headers: Mapping[str, str] = headers or {}
        self.chinese = chinese
        self.extra = extra
        super().__init__(code)

    def words(self, language: Language) -> str:
        """What happened and what to do next; in English where there is no Chinese for it."""
        if language == "en":
            return self.detail
        return self.chinese or in_chinese(self.code, self.extra) or self.detail


def not_found(what: str) -> ApiError:
    """404 for an id that names nothing; the id itself is not repeated."""
    return ApiError(404, "not_found", f"There is no such {what}.")


def problem(
    status: int, code: str, detail: str, request_id: str, extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The members of an error answer; those of ``extra`` never replace the standard ones.

    ``instance`` names the request by its id, not by its path: a path may hold a phone number.
    """
    return {
        **(extra or {}),
        "type": f"urn:estate-sms:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": f"urn:estate-sms:request:{request_id}",
        "code": code,
        "message": detail,
    }
