"""What would become of a send: everything a real one goes through, and then nothing is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..queue.drafts import NewBatch
from ..queue.estimate import Planned
from ..queue.hours import SendingHours
from ..queue.intake import start_of
from ..store.store import Store
from ..store.unit import UnitOfWork
from ..store.vault import Vault
from . import sending
from .answers import Action, Rejection
from .danger import Danger
from .problems import Code
from .reach import Reach


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a send would be."""

    planned: Planned
    holds: tuple[str, ...]
    """Why it would wait for leave: ``approval``, ``review``."""
    filter: Action
    valid_until: int | None
    """Microseconds since 1970 UTC: what is not sent by then is not sent."""
    rejected: list[Rejection] = field(repr=False)
    danger: Danger | None = None
    """Who would come too late."""
    refusal: Code | None = None
    """Why the send would not be accepted for that."""


class _DoneError(Exception):
    """Carries what was found out of a unit that must leave nothing behind."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        super().__init__()
        self.rehearsal = rehearsal


async def rehearse(
    store: Store, vault: Vault, reach: Reach, hours: SendingHours, send: sending.Send
) -> Rehearsal:
    """Raises what the send would raise; nothing is kept, not even that it was asked."""
    try:
        await store.write(_unit(vault, reach, hours, send))
    except _DoneError as done:
        return done.rehearsal
    raise AssertionError("the unit always ends by an exception")


def _unit(
    vault: Vault, reach: Reach, hours: SendingHours, send: sending.Send
) -> Callable[[UnitOfWork], None]:
    def unit(uow: UnitOfWork) -> None:
        prepared = sending.prepare(uow, vault, reach, send)
        raise _DoneError(_rehearsal(prepared, send, hours, uow.now))

    return unit


def _rehearsal(
    prepared: sending.Prepared, send: sending.Send, hours: SendingHours, now: int
) -> Rehearsal:
    batch: NewBatch = prepared.batch
    planned = Planned(
        messages=len(batch.messages),
        segments=batch.segments,
        purpose=batch.purpose,
        priority=batch.priority,
        starts_at=start_of(batch, hours, now),
    )
    holds = tuple(hold.kind for hold in batch.holds)
    danger = send.danger
    refusal = None if danger is None else danger.refusal(send.draft, held=bool(holds))
    return Rehearsal(
        planned, holds, send.verdict.action, batch.valid_until, prepared.rejected, danger, refusal
    )
