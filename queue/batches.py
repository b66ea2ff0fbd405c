"""Verbs on whole batches, and their figures."""

from __future__ import annotations

import sqlite3

from ..store.unit import UnitOfWork


def cancel(uow: UnitOfWork, batch: str, actor: str, reason: str = "") -> int:
    """Stop what of ``batch`` (public id) is not on the air; returns how many messages."""
    raise NotImplementedError


def return_(uow: UnitOfWork, batch: str, actor: str, reason: str) -> int:
    """Give a held batch back to its submitter: its messages end ``cancelled``, cause ``returned``."""
    raise NotImplementedError


def reject(uow: UnitOfWork, batch: str, actor: str, reason: str) -> int:
    """Refuse a held batch: its messages end ``rejected``."""
    raise NotImplementedError


def pause(uow: UnitOfWork, batch: str, actor: str, reason: str = "") -> int:
    """Keep back what of ``batch`` was not begun, behind a ``manual`` hold."""
    raise NotImplementedError


def resume(uow: UnitOfWork, batch: str, actor: str, reason: str = "") -> int:
    """Let a paused batch go on."""
    raise NotImplementedError


def counts(connection: sqlite3.Connection, batch: str) -> dict[str, int]:
    """Messages of ``batch`` (public id) by state; states without a message are left out."""
    raise NotImplementedError


def eta_seconds(
    connection: sqlite3.Connection, batch: str, now: int, ready_modems: int
) -> int | None:
    """An estimate of when the last message of ``batch`` is handed over; ``None`` = unknown."""
    raise NotImplementedError
