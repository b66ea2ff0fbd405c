"""The record of what the service started with: every setting that is no secret, and a hash of all."""

from __future__ import annotations

import hashlib
from importlib import metadata
from typing import Any, cast

import msgspec

from ..store.events import Event, Scalar
from ..store.sql import load
from ..store.unit import UnitOfWork
from .config import Config

_SQL = load(__name__, "effective.sql")
_SECRET = frozenset({"pin"})
_NUMBERS = frozenset({"anchor_phones", "imei"})


def record_start(uow: UnitOfWork, config: Config) -> None:
    """Record the start and the configuration, and whether that is another than the last time."""
    digest = config_hash(config)
    row = uow.execute(_SQL["last"]).fetchone()
    before = "" if row is None else str(row[0])
    uow.record(
        Event(
            kind="sys",
            action="service.start",
            details={"version": metadata.version("estate-sms"), "config": digest},
        )
    )
    if before == digest:
        return
    uow.execute(_SQL["keep"], (digest,))
    uow.record(
        Event(
            kind="config",
            action="config.changed" if before else "config.first",
            object=digest,
            details={**settings_of(config), "before": before},
        )
    )


def config_hash(config: Config) -> str:
    """SHA-256 over the effective configuration, environment included; secrets are left out.

    A PIN of four digits, or a number, could be guessed from a hash.
    """
    plain = msgspec.json.encode(_without(msgspec.to_builtins(config)), order="sorted")
    return hashlib.sha256(plain).hexdigest()[:32]


def settings_of(config: Config) -> dict[str, Scalar]:
    """The settings as ``section.key``; of lists, how many."""
    found: dict[str, Scalar] = {}
    for name, value in cast("dict[str, Any]", _without(msgspec.to_builtins(config))).items():
        inner = cast("dict[str, Any]", value) if isinstance(value, dict) else {"": value}
        for key, item in inner.items():
            plain = item if isinstance(item, str | int | bool | None) else len(item)
            found[f"{name}.{key}" if key else name] = plain
    return found


def _without(value: Any, name: str = "") -> Any:  # noqa: ANN401 - built-in values
    """``value`` with secrets as whether they are set, and numbers as how many."""
    if name in _SECRET:
        return bool(value)
    if name in _NUMBERS:
        return len(cast("list[Any]", value)) if isinstance(value, list | tuple) else bool(value)
    if isinstance(value, dict):
        return {key: _without(item, key) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_without(item) for item in cast("list[Any]", value)]
    if isinstance(value, float):
        return str(value)
    return value
