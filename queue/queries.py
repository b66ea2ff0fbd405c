"""Reads for whoever shows the queue. Synchronous: run them with :meth:`Store.read`."""

from __future__ import annotations

import sqlite3

from ..store.vault import Vault
from .views import BatchView, InboxView, MessageRow, MessageView, NumberView, Page, RecallView


def message(connection: sqlite3.Connection, vault: Vault, public_id: str) -> MessageView | None:
    """One message with parts, attempts, reports and history."""
    raise NotImplementedError


def messages(
    connection: sqlite3.Connection,
    vault: Vault,
    *,
    batch: str | None = None,
    state: str | None = None,
    since: int | None = None,
    limit: int = 100,
    after: int | None = None,
) -> Page[MessageRow]:
    """Messages in the order they were accepted. ``since``: created then or later, microseconds.

    ``after`` is the :attr:`Page.next_key` of the page before.
    """
    raise NotImplementedError


def batch(
    connection: sqlite3.Connection, vault: Vault, public_id: str, now: int, ready_modems: int
) -> BatchView | None:
    """One batch with counts, progress, estimate, holds and decisions."""
    raise NotImplementedError


def recall(
    connection: sqlite3.Connection,
    vault: Vault,
    public_id: str,
    *,
    limit: int = 100,
    after: int | None = None,
) -> RecallView | None:
    """One recall with a page of its recipients, each with every step and its evidence."""
    raise NotImplementedError


def inbox(
    connection: sqlite3.Connection, vault: Vault, *, limit: int = 100, after: int | None = None
) -> Page[InboxView]:
    """Received messages, newest first."""
    raise NotImplementedError


def received(connection: sqlite3.Connection, vault: Vault, public_id: str) -> InboxView | None:
    """One received message, for whoever follows the feed's ``inbox/received``."""
    raise NotImplementedError


def number(connection: sqlite3.Connection, vault: Vault, e164: str) -> NumberView | None:
    """What is known about a number; ``None`` when nothing was ever sent to it."""
    raise NotImplementedError
