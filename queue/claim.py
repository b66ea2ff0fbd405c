"""Claiming: the choice, and the intent that is durable before anything goes on the air.

Runs inside a unit on the store's thread. All missing parts of one message are claimed together.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ..store.sql import load
from ..store.unit import UnitOfWork
from ..store.vault import SubjectShreddedError, Vault, VaultError
from .beginning import Beginning, Beginnings, Chosen
from .candidates import Candidates
from .hours import SendingHours
from .intake import TEXT_CONTEXT
from .intents import Claimed, Sim, Wants
from .plan.choose import Turns, choose
from .poison import set_aside
from .priorities import Priority
from .routes import NO_ROUTES, Routes
from .states import PartState
from .transitions import move_message

_SQL = load(__name__, "claim.sql")
_SET_ASIDE = 32
"""Messages that one claim may expire, defer or stop before it lets others have the store."""
_STRIKES = 3
"""Defects that a message may run into before it is set aside."""
_QUEUED = frozenset({PartState.QUEUED})


class Claimer:
    """Takes the next message for a SIM. Keeps whose turn it is; used on the store's thread only."""

    def __init__(self, vault: Vault, hours: SendingHours, routes: Routes = NO_ROUTES) -> None:
        self._vault = vault
        self._hours = hours
        self._turns = Turns()
        self._strikes: Counter[int] = Counter()
        self._beginning: int | None = None
        self.candidates = Candidates(routes)
        """Told by the dispatcher which SIMs can send."""

    def claim(self, uow: UnitOfWork, sim: Sim, wants: Wants) -> Claimed:
        """:meth:`claim_all` for one SIM."""
        (claimed,) = self.claim_all(uow, ((sim, wants),))
        return claimed

    def claim_all(self, uow: UnitOfWork, asked: Sequence[tuple[Sim, Wants]]) -> list[Claimed]:
        """For each SIM its next message as an intent, with its parts in ``submitting``.

        What may not go any more, or not yet, is moved to where it belongs on the way.
        """
        self._beginning = None
        try:
            beginnings = Beginnings(uow)
            found = [self._find(uow, beginnings, sim, wants) for sim, wants in asked]
            beginnings.write()
        except sqlite3.Error:
            raise
        except Exception:
            # Rolled back, and tried again; but not for ever. Of several nobody knows which it was:
            # then each is asked for alone.
            if self._beginning is not None and len(asked) == 1:
                self._strikes[self._beginning] += 1
            raise
        return [
            replace(claimed, intent=beginning.intent) if beginning is not None else claimed
            for beginning, claimed in found
        ]

    def _find(
        self, uow: UnitOfWork, beginnings: Beginnings, sim: Sim, wants: Wants
    ) -> tuple[Beginning | None, Claimed]:
        for _ in range(_SET_ASIDE):
            heads = self.candidates.heads(uow, sim, wants)
            emergencies = any(head.priority == 0 for head in heads)
            if wants == "lower" and emergencies:
                return None, Claimed(None, emergencies=True)
            head, turns = choose(heads, uow.now, self._turns)
            if head is None:
                return None, Claimed(None)
            if self._strikes[head.id] >= _STRIKES:
                del self._strikes[head.id]
                set_aside(uow, head.id, _QUEUED)
                continue
            chosen = Chosen._make(uow.execute(_SQL["message"], (head.id,)).fetchone())
            if self._set_aside(uow, sim, head.id, chosen):
                continue
            try:
                number = self._vault.number(uow.connection, chosen.subject)
                text = self._text(uow, chosen)
            except VaultError as error:
                # Set aside with its reason: it must not hold up what is behind it.
                cause = "erased" if isinstance(error, SubjectShreddedError) else "vault"
                move_message(uow, head.id, PartState.FAILED, cause, frm=_QUEUED)
                continue
            self._turns = turns
            self._beginning = head.id
            beginning = Beginning(sim, head.id, chosen, number, text)
            beginnings.add(beginning)
            if (standing := self.candidates.standing(sim.imsi)) is not None:
                standing.pending = True
            return beginning, Claimed(None, emergencies=emergencies)
        return None, Claimed(None, emergencies=True, more=True)

    def _set_aside(self, uow: UnitOfWork, sim: Sim, message_id: int, row: Chosen) -> bool:
        """Whether the message may not be sent now; it was moved then, or waits for another."""
        to, cause = PartState.QUEUED, ""
        if row.valid_until is not None and row.valid_until <= uow.now:
            to, cause = PartState.EXPIRED, "validity"
        elif row.batch_state == "paused":
            to, cause = PartState.HELD, "paused"
        elif row.batch_state in {"cancelled", "returned", "rejected"}:
            to, cause = PartState.CANCELLED, row.batch_state
        elif row.subject_state == "restricted" and row.priority != 0:
            # Its holder asked to be forgotten: nothing but storage, and warnings that protect life.
            to, cause = PartState.CANCELLED, "restricted"
        elif row.kind == "command" and not sim.can_command:
            to, cause = PartState.FAILED, "command_unsupported"
        elif not Priority(row.priority).any_hour:
            at = self._hours.next(row.purpose, uow.now)
            if at > uow.now:
                uow.execute(_SQL["defer"], (at, message_id))
                to, cause = PartState.SCHEDULED, "sending_hours"
        if to is PartState.QUEUED:
            if row.ahead is not None:
                # It stays queued, out of the lanes' sight until the one before it is through.
                uow.execute(_SQL["wait_for"], (row.ahead, message_id))
            return row.ahead is not None
        move_message(uow, message_id, to, cause, frm=_QUEUED)
        return True

    def _text(self, uow: UnitOfWork, row: Chosen) -> str:
        if row.text_sealed is None:
            return row.text or ""
        return self._vault.open(uow.connection, row.subject, TEXT_CONTEXT, row.text_sealed)
