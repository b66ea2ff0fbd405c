"""The shape of a call that does something: POST, a JSON body, 200 unless something is made."""

from __future__ import annotations

from typing import Any

from litestar import post

from ..policy.callers import Scope
from .auth import needs
from .body import JsonBody


def verb(
    path: str,
    body: type[JsonBody[Any]],
    scope: Scope | None = None,
    *,
    tag: str,
    status: int = 200,
) -> post:
    """Decorate a handler of ``POST path``; ``scope``: what the gate asks, ``None``: the room does."""
    return post(
        path,
        status_code=status,
        dto=body,
        return_dto=None,
        opt=None if scope is None else needs(scope),
        tags=[tag],
    )
