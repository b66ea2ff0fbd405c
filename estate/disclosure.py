"""Numbers and texts as they are leave the house only by two persons' hands (PIPL art. 23, 25, 51; row R8).

One asks for the ledger of a period and says what for; another allows it; the one who asked may fetch it
once, within a week. Who asked, who allowed and that it was fetched is in the record.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..policy.callers import Caller
from ..policy.errors import PolicyError
from ..policy.names import reason as plain_reason
from ..policy.proposals import Proposal, decide, of_row, require_reader
from ..store.clock import SECOND
from ..store.events import Event
from ..store.ids import new_id
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork

_SQL = load(__name__, "disclosure.sql")
TERM = 7 * 86_400 * SECOND
"""How long after it was asked for a disclosure may be fetched."""
FOREVER = 2**53 - 1
_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure(Proposal):
    """One request. Times in microseconds since 1970 UTC."""

    purpose: str
    since: int
    until: int
    expires_at: int
    used_at: int | None


class Disclosures:
    """Verbs over ``disclosure``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def ask(self, caller: Caller, since: int | None, until: int | None, purpose: str) -> str:
        """Ask for the full ledger of a period; returns the request's public id. Scope ``admin``.

        Raises ``reason_missing`` without a purpose.
        """
        caller.require("admin")
        purpose = plain_reason(purpose, needed=True)
        ref = new_id("d")

        def unit(uow: UnitOfWork) -> None:
            period = (since or 0, FOREVER if until is None else until)
            who = (caller.actor, caller.person_id, uow.now, uow.now + TERM)
            uow.insert(_SQL["insert"], (ref, *period, purpose, *who))
            uow.feed("alarm", "disclosure_asked", ref)
            _tell(uow, "disclosure.ask", caller, ref, purpose)

        await self._store.write(unit)
        return ref

    async def decide(
        self, caller: Caller, disclosure: str, *, approve: bool, reason: str = ""
    ) -> None:
        """Another person's yes or no. Scope ``approve``. Raises ``not_found``, ``wrong_state``,
        ``own_proposal``, ``approver_too_new``, ``roles_conflict``."""
        caller.require("approve")
        reason = plain_reason(reason, needed=not approve)

        def unit(uow: UnitOfWork) -> None:
            decide(uow, caller, _SQL, disclosure, "allowed" if approve else "rejected", reason)
            action = "disclosure.approve" if approve else "disclosure.reject"
            _tell(uow, action, caller, disclosure, reason)

        await self._store.write(unit)

    async def list(self, caller: Caller) -> list[Disclosure]:
        """The newest requests, newest first. Scope ``admin``, ``approve`` or ``audit``."""
        require_reader(caller, "approve", "audit")
        rows = await self._store.read(lambda c: c.execute(_SQL["all"], (_LISTED,)).fetchall())
        return [of_row(Disclosure, row) for row in rows]


def use(uow: UnitOfWork, caller: Caller, disclosure: str) -> tuple[int, int]:
    """Fetch what was allowed, once: the period. Only for who asked, by whichever key of theirs.
    Raises ``disclosure_needed``."""
    caller.require("admin")
    asked = (disclosure, caller.actor, caller.person_id, uow.now)
    row = uow.execute(_SQL["allowed"], asked).fetchone()
    if row is None:
        raise PolicyError("disclosure_needed")
    uow.execute(_SQL["use"], (uow.now, row[0]))
    return int(row[1]), int(row[2])


def _tell(uow: UnitOfWork, action: str, caller: Caller, ref: str, reason: str) -> None:
    uow.record(Event(kind="rights", action=action, actor=caller.actor, object=ref, reason=reason))
