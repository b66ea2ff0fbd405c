"""What a record's sealed body says, as canonical JSON, from an event."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Mapping

import msgspec

from ..store.events import Event, Personal, Scalar
from ..store.vault import VaultError
from .canonical import MAX_INTEGER
from .vault import SubjectVault

MAX_BODY = 1 << 20
"""Octets of a body; what is larger is recorded without its content."""
_encode = msgspec.json.Encoder(order="sorted").encode


def encode_body(connection: sqlite3.Connection, vault: SubjectVault, event: Event) -> bytes:
    """The canonical body of ``event``; empty fields are left out.

    Never raises for what an event holds: one caller's odd value must not fail its neighbours'
    transaction, so a value without canonical form is recorded as text.
    """
    body: dict[str, object] = {"action": event.action, "actor": event.actor}
    if event.object:
        body["object"] = event.object
    if event.result:
        body["result"] = event.result
    if event.reason:
        body["reason"] = event.reason
    if event.details:
        body["details"] = _details(event.details)
    if event.personal:
        body["personal"] = {
            name: _personal(connection, vault, name, value)
            for name, value in event.personal.items()
        }
    try:
        data = _encode(body)
    except UnicodeEncodeError:  # a lone surrogate
        data = _encode(_replaced(body))
    if len(data) <= MAX_BODY:
        return data
    kept = {"action": event.action[:200], "actor": event.actor[:200]}
    return _encode(_replaced({**kept, "details": {"omitted_octets": len(data)}}))


def _details(details: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {
        name if name.isascii() else name.encode("ascii", "backslashreplace").decode(): (
            value if _has_form(value) else str(value)
        )
        for name, value in details.items()
    }


def _has_form(value: object) -> bool:
    kind = type(value)
    if kind is int:
        return -MAX_INTEGER <= value <= MAX_INTEGER  # type: ignore[operator]  # it is an int
    return kind is str or kind is bool or value is None


def _personal(
    connection: sqlite3.Connection, vault: SubjectVault, name: str, value: Personal
) -> dict[str, str]:
    """The value under its subject's key; only the subject's name when that key is gone."""
    ref = ""
    try:
        ref = base64.b64encode(vault.ref(connection, value.subject)).decode()
        sealed = vault.seal(connection, value.subject, context(name), value.value)
    except VaultError:
        return {"$s": ref}
    return {
        "$s": ref,
        "n": base64.b64encode(sealed[:12]).decode(),
        "c": base64.b64encode(sealed[12:]).decode(),
    }


def context(name: str) -> str:
    """The vault context of the personal field ``name``."""
    return f"audit.{name}"


def _replaced(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _replaced(item) for key, item in value.items()}  # pyright: ignore
    return value
