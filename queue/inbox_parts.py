"""Parts of received messages: in any order, joined when complete, sealed under their sender."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Protocol

from ..store.clock import SECOND
from ..store.events import Event
from ..store.ids import new_id
from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import Vault, VaultError

_SQL = load(__name__, "inbox.sql")


class SeenInbound(Protocol):
    """One part of a received message as the bank saw it (3GPP TS 23.040 §9.2.2.1)."""

    @property
    def imsi(self) -> str:
        """The SIM that got it."""
        ...

    @property
    def modem(self) -> str:
        """The modem's label."""
        ...

    @property
    def sender(self) -> str:
        """TP-OA: a number, a short code, or alphanumeric."""
        ...

    @property
    def text(self) -> str:
        """The part's text."""
        ...

    @property
    def reference(self) -> int | None:
        """Concatenation reference; ``None`` for a message of one part."""
        ...

    @property
    def total(self) -> int:
        """How many parts the message has."""
        ...

    @property
    def seq(self) -> int:
        """Which of them this is, from 1."""
        ...

    @property
    def smsc_at(self) -> int | None:
        """TP-SCTS, microseconds since 1970 UTC."""
        ...


PART_CONTEXT = "inbox_part.text"
TEXT_CONTEXT = "inbox.text"
"""The vault's contexts of a part's and of a joined text."""

GAP = "[…]"
"""Stands for a part that never came."""
PATIENCE = 3 * 86_400 * SECOND
"""How long the parts of one message may lie apart: an SMSC tries for days. Older parts with the
same reference belong to another message."""
_NO_TIME = 3600 * SECOND
"""Without a TP-SCTS the same part within this time is a repetition."""


@dataclass(frozen=True, slots=True)
class _Key:
    """What the parts of one message have in common (3GPP TS 23.040 §9.2.3.24.1)."""

    subject: int
    imsi: str
    reference: int | None
    total: int


@dataclass(frozen=True, slots=True)
class _Part:
    id: int
    seq: int
    text_sealed: bytes
    smsc_at: int | None
    received_at: int


def take_inbound(uow: UnitOfWork, vault: Vault, seen: SeenInbound, sender: str) -> str | None:
    """Store a part, and the message when that completes it; the message's public id then."""
    subject = vault.subject(uow, sender)
    long = seen.total > 1 and seen.reference is not None and 1 <= seen.seq <= seen.total
    key = _Key(subject, seen.imsi, seen.reference if long else None, seen.total if long else 1)
    seq = seen.seq if long else 1
    sealed = vault.seal(uow.connection, subject, PART_CONTEXT, seen.text)
    cursor = uow.execute(
        _SQL["insert_part"],
        (
            *(key.subject, key.imsi, key.reference, key.total, seq, sealed),
            _fingerprint(uow, vault, seen, sender),
            seen.smsc_at,
            uow.now,
        ),
    )
    if not cursor.rowcount or cursor.lastrowid is None:
        return None
    if not long:
        part = _Part(cursor.lastrowid, 1, sealed, seen.smsc_at, uow.now)
        return _join(uow, vault, key, seen.modem, {1: part})
    parts = _open_parts(uow, key, uow.now - PATIENCE)
    return _join(uow, vault, key, seen.modem, parts) if len(parts) == key.total else None


def close_stale(uow: UnitOfWork, vault: Vault, older_than: int) -> int:
    """Show what of long messages came, when the rest did not since ``older_than``; how many.

    Microseconds since 1970 UTC.
    """
    stale = [_Key(*row) for row in uow.execute(_SQL["stale"], (older_than,)).fetchall()]
    for key in stale:
        _join(uow, vault, key, "", _open_parts(uow, key, 0))
    return len(stale)


def any_stale(connection: sqlite3.Connection, older_than: int) -> bool:
    """Whether :func:`close_stale` would find anything."""
    return connection.execute(_SQL["stale"], (older_than,)).fetchone() is not None


def refingerprint(uow: UnitOfWork, vault: Vault) -> None:
    """Bring the fingerprints under a new key: a part that a SIM still holds may come once more.

    Parts that came without a TP-SCTS are known by the hour they came in; older ones than
    :data:`PATIENCE` do not come again and keep theirs, which nobody can compute any more.
    """
    for row in uow.execute(_SQL["recent"], (uow.now - PATIENCE,)).fetchall():
        key, subject, imsi, reference, total, seq, sealed, smsc_at, received_at = row
        try:
            sender = vault.number(uow.connection, subject)
            text = vault.open(uow.connection, subject, PART_CONTEXT, sealed)
        except VaultError:
            continue
        at = f"@{smsc_at}" if smsc_at is not None else f"~{received_at // _NO_TIME}"
        place = f"{reference}/{total}/{seq}"
        fresh = vault.fingerprint("inbox_part", sender, imsi, at, place, text)
        uow.execute(_SQL["refingerprint"], (fresh, key))


def _fingerprint(uow: UnitOfWork, vault: Vault, seen: SeenInbound, sender: str) -> bytes:
    """Keyed, so that nobody can tell a text by trying. The SIM counts: two SIMs, two messages."""
    at = f"@{seen.smsc_at}" if seen.smsc_at is not None else f"~{uow.now // _NO_TIME}"
    place = f"{seen.reference}/{seen.total}/{seen.seq}"
    return vault.fingerprint("inbox_part", sender, seen.imsi, at, place, seen.text)


def _open_parts(uow: UnitOfWork, key: _Key, since: int) -> dict[int, _Part]:
    """The newest waiting part of each place: an older one is of a message that never ended."""
    wanted = (key.subject, key.imsi, key.reference, key.total, since)
    parts: dict[int, _Part] = {}
    for row in uow.execute(_SQL["open_parts"], wanted).fetchall():
        part = _Part(*row)
        parts.setdefault(part.seq, part)
    return parts


def _join(uow: UnitOfWork, vault: Vault, key: _Key, modem: str, parts: dict[int, _Part]) -> str:
    """Write the message that ``parts`` make, with :data:`GAP` where one is missing."""
    connection, subject = uow.connection, key.subject
    texts = [
        vault.open(connection, subject, PART_CONTEXT, parts[seq].text_sealed)
        if seq in parts
        else GAP
        for seq in range(1, key.total + 1)
    ]
    sealed = vault.seal(connection, subject, TEXT_CONTEXT, _whole("".join(texts)))
    complete = len(parts) == key.total
    times = [part.smsc_at for part in parts.values() if part.smsc_at is not None]
    public_id = new_id("i")
    inbox_id = uow.insert(
        _SQL["insert"],
        (
            *(public_id, subject, sealed, key.imsi, modem, key.total, complete),
            min(times, default=None),
            uow.now,
        ),
    )
    uow.executemany(_SQL["join"], [(inbox_id, part.id) for part in parts.values()])
    told = {"segments": key.total, "complete": complete}
    uow.feed("inbox", "received", public_id, {**told, "modem": modem})
    uow.record(Event(kind="sys", action="inbox.received", object=public_id, details=told))
    return public_id


def _whole(text: str) -> str:
    """``text`` with the surrogate pairs made whole that lay across two parts."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
