"""How long what is kept, and the nightly purge (PIPL art. 19, 47; rows R6, R23 and R25).

The law also says how long some things *must* be kept: those floors cannot be lowered. A purge works
in slices, so that nothing that is to be sent waits for it, and may stop anywhere: it starts again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType

from ..store.clock import SECOND
from ..store.events import Event, Scalar
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import Vault

_SQL = load(__name__, "retention.sql")
DAY = 86_400 * SECOND
SLICE = 50
"""Messages in one unit: a few milliseconds."""
_EVENTS = 8
"""Rows of the feed that go as fast as one message with all that hangs on it."""
EVENT_DAYS = 30
"""Days that the event feed keeps what it told: readers follow it within minutes."""
_LINGER = 0.25
Step = Callable[[UnitOfWork, int, int], tuple[int, int | None]]
"""One slice: (unit, before which time, after which id) → how many, and the id to go on from."""

FLOORS = MappingProxyType(
    {
        # Order 31: five months; Cybersecurity Law: six months of network logs.
        "message_days": 183,
        "inbox_days": 183,
        "security_days": 183,
        # Evidence without personal data.
        "text_days": 1095,
        "audit_days": 1095,
        # Order 31: proof of unsubscribing, five months past the end of the relationship.
        "opt_out_days": 153,
    }
)
"""Days below which a class cannot be set."""


class RetentionError(Exception):
    """A class is to be kept for less time than the law asks; names the class and its floor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days each class is kept. Raises :class:`RetentionError` below :data:`FLOORS`."""

    message_days: int = 183
    """Numbers, delivery and personal texts of what was sent."""
    inbox_days: int = 183
    """What was received."""
    text_days: int = 1095
    """Texts without personal data: those shared by a batch."""
    opt_out_days: int = 1095
    """Withdrawals, since they were made, of people with no other tie to the estate."""
    audit_days: int = 1095
    """The sealed log. It is never cut: this says what is promised at least."""
    security_days: int = 183
    """Records of log-ins, refusals and settings; part of the sealed log."""

    def __post_init__(self) -> None:
        low = [
            f"retention.{f.name} is {getattr(self, f.name)}, but not less than {FLOORS[f.name]} days"
            for f in fields(self)
            if getattr(self, f.name) < FLOORS[f.name]
        ]
        if low:
            raise RetentionError("; ".join(low))


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How many of each were purged."""

    messages: int = 0
    received: int = 0
    reports: int = 0
    texts: int = 0
    subjects: int = 0
    events: int = 0
    """Rows of the event feed."""


class Purge:
    """The nightly work."""

    def __init__(self, store: Store, vault: Vault, retention: Retention) -> None:
        self._store = store
        self._vault = vault
        self._kept = retention

    async def run(self) -> Purged:
        """Purge everything whose time is over, a slice a unit; recorded when anything went."""
        kept, now = self._kept, self._store.now
        messages = await self._all(_messages, now - kept.message_days * DAY)
        received = await self._all(_inbox, now - kept.inbox_days * DAY)
        reports = await self._all(_reports, now - kept.message_days * DAY)
        texts = await self._all(_texts, now - kept.text_days * DAY)
        subjects = await self._all(self._subjects, now - kept.message_days * DAY)
        events = await self._all(_events, now - EVENT_DAYS * DAY)
        purged = Purged(
            messages=messages, received=received, reports=reports, texts=texts,
            subjects=subjects, events=events,
        )  # fmt: skip
        await self._store.write(lambda uow: _tell(uow, purged), linger=_LINGER)
        if any((messages, received, reports, texts, subjects)):
            await self._store.empty_wal()
        return purged

    async def _all(self, step: Step, before: int) -> int:
        done = 0
        after: int | None = 0
        while after is not None:
            unit = _bound(step, before, after)
            found, after = await self._store.write(unit, linger=_LINGER)
            done += found
        return done

    def _subjects(self, uow: UnitOfWork, before: int, after: int) -> tuple[int, int | None]:
        """Destroy the keys of people that nothing ties to the estate any more."""
        opted = uow.now - self._kept.opt_out_days * DAY
        rows = uow.execute(_SQL["unneeded"], (before, after, SLICE, opted)).fetchall()
        chosen, rest = _chosen(rows, SLICE)
        for subject in chosen:
            uow.execute(_SQL["forget_opt_outs"], (subject,))
            self._vault.shred(uow, subject)
        return len(chosen), rest


def _bound(step: Step, before: int, after: int) -> Callable[[UnitOfWork], tuple[int, int | None]]:
    return lambda uow: step(uow, before, after)


def _chosen(rows: Sequence[tuple[int, int, int]], limit: int) -> tuple[list[int], int | None]:
    """Of a slice (id, to go, old): what is to go, and where the next slice begins.

    Rows come in the order in which they were made: a full slice that ends with an old one may be
    followed by more.
    """
    chosen = [key for key, over, _ in rows if over]
    more = len(rows) == limit and rows[-1][2]
    return chosen, rows[-1][0] if more else None


def _messages(uow: UnitOfWork, before: int, after: int) -> tuple[int, int | None]:
    """Rows of the ledger with all that hangs on them; how many ended how stays."""
    return _some(
        uow, "old_messages", before, after,
        "summarise", "untarget", "unname_recalls", "delete_sent_steps", "delete_steps",
        "delete_items", "delete_slots", "delete_reports", "delete_history", "unresend",
        "delete_attempts", "delete_parts", "delete_messages",
    )  # fmt: skip


def _inbox(uow: UnitOfWork, before: int, after: int) -> tuple[int, int | None]:
    return _some(uow, "old_inbox", before, after, "delete_inbox_parts", "delete_inbox")


def _reports(uow: UnitOfWork, before: int, after: int) -> tuple[int, int | None]:
    return _some(uow, "old_reports", before, after, "delete_old_reports")


def _texts(uow: UnitOfWork, before: int, after: int) -> tuple[int, int | None]:
    return _some(uow, "old_texts", before, after, "forget_corrections", "forget_texts")


def _events(uow: UnitOfWork, before: int, after: int) -> tuple[int, int | None]:
    return _some(uow, "old_events", before, after, "delete_events", limit=SLICE * _EVENTS)


def _some(
    uow: UnitOfWork, find: str, before: int, after: int, *steps: str, limit: int | None = None
) -> tuple[int, int | None]:
    limit = limit or SLICE
    chosen, rest = _chosen(uow.execute(_SQL[find], (before, after, limit)).fetchall(), limit)
    if chosen:
        keys = json.dumps(chosen)
        for name in steps:
            uow.execute(_SQL[name], (keys,))
    return len(chosen), rest


def _tell(uow: UnitOfWork, purged: Purged) -> None:
    uow.execute(_SQL["old_answers"], (uow.now - DAY,))
    details: dict[str, Scalar] = {f.name: getattr(purged, f.name) for f in fields(purged)}
    uow.record(Event(kind="rights", action="retention.purged", details=details))
