"""The record of who looked at personal data: one audit event a call, never the data itself."""

from __future__ import annotations

from ..policy.callers import Caller
from ..store.events import Event, Personal, Scalar
from ..store.unit import UnitOfWork
from .deps import Deps


async def note(deps: Deps, caller: Caller, action: str, ref: str = "", **details: Scalar) -> None:
    """Record that ``caller`` looks; returns once that is durable, so no look goes unrecorded.

    ``ref`` is a public id. Calls that come at the same time share one commit.
    """
    shown = {name: value for name, value in details.items() if value is not None}
    event = Event(kind="access", action=action, actor=caller.actor, object=ref, details=shown)

    def unit(uow: UnitOfWork) -> None:
        uow.record(event)

    await deps.store.write(unit, linger=deps.settings.access_linger)


async def note_number(deps: Deps, caller: Caller, number: str) -> None:
    """Record that ``caller`` looks up ``number`` (E.164): sealed, and only if it is known here."""

    def unit(uow: UnitOfWork) -> None:
        subject = deps.vault.find(uow.connection, number)
        personal = {} if subject is None else {"number": Personal(subject, number)}
        uow.record(
            Event(
                kind="access",
                action="number_read",
                actor=caller.actor,
                result="unknown" if subject is None else "found",
                personal=personal,
            )
        )

    await deps.store.write(unit, linger=deps.settings.access_linger)
