"""The dispatcher's units of work: each runs on the store's thread, in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from ..store.sql import load
from ..store.unit import UnitOfWork
from .account import Past
from .claim import Claimer
from .doubt import emergencies_in_doubt
from .due import DOUBT, Chores, expire_due, promote_due
from .gate import Gate
from .handed_back import HandedBack, record_all
from .insight import Insight, NoInsight, vendor_kind
from .intents import Claimed, Intent, Sim, Wants
from .ledger import Quota
from .merit import KindOf
from .outcomes import Settled, record
from .recall import Ladder
from .transmitter import PartResult

_SQL = load(__name__, "units.sql")


@dataclass(frozen=True, slots=True)
class Units:
    """Everything that a lane or the dispatcher writes."""

    claimer: Claimer
    ladder: Ladder | None
    gate: Gate
    insight: Insight = field(default_factory=NoInsight)

    def claim(self, uow: UnitOfWork, sim: Sim, wants: Wants) -> Claimed:
        """:meth:`claim_all` for one SIM."""
        (claimed,) = self.claim_all(uow, ((sim, wants),))
        return claimed

    def claim_all(self, uow: UnitOfWork, asked: Sequence[tuple[Sim, Wants]]) -> list[Claimed]:
        """Take the next message for each SIM; an emergency shuts the gate behind it."""
        found = self.claimer.claim_all(uow, asked)
        for claimed in found:
            if claimed.intent is not None and claimed.intent.priority == 0:
                # On commit, not when the lane awakes: no other lane of the group may slip through.
                uow.on_commit(partial(self.gate.taken, claimed.intent.attempts[0]))
        return found

    def make_room(self, uow: UnitOfWork, sim: Sim, intent: Intent) -> Claimed:
        """Put ``intent`` back and take an emergency instead, if one waits; else keep it."""
        claimed = self.claim(uow, sim, "emergency")
        if claimed.intent is None:
            return claimed
        self.put_back(uow, intent, "displaced")
        return replace(claimed, displaced=True)

    def stops(self, intent: Intent) -> bool:
        """Whether a recall stopped the message of ``intent``. For the event loop."""
        return self.ladder is not None and self.ladder.stops(intent.message_id)

    @property
    def recalling(self) -> bool:
        """Whether a recall has more recipients to come to."""
        return self.ladder is not None and self.ladder.unfinished

    def put_back(self, uow: UnitOfWork, intent: Intent, cause: str) -> Settled:
        """``intent`` was not begun: its parts are eligible again."""
        results = [
            PartResult(attempt=attempt, outcome="unsent", cause=cause, answered_at=uow.now)
            for attempt in intent.attempts
        ]
        return record(uow, results, self.ladder)

    def settle(self, uow: UnitOfWork, hands: Sequence[HandedBack]) -> list[Settled]:
        """Write down what became of hand-overs."""
        return record_all(uow, hands, self.ladder)

    def meaning(self, modem: str) -> KindOf:
        """What causes mean to the make of ``modem``."""
        return partial(vendor_kind, self.insight, modem)

    def do_chores(self, uow: UnitOfWork, chores: Chores) -> bool:
        """What time moves; whether something became eligible."""
        woke = False
        if chores.expired:
            expire_due(uow, self.ladder)
        if chores.due:
            woke = promote_due(uow) > 0
        if chores.doubtful:
            woke = bool(emergencies_in_doubt(uow, uow.now - DOUBT)) or woke
        if self.ladder is not None and self.recalling:
            woke = self.ladder.go_on(uow) or woke
        return woke


def past(connection: sqlite3.Connection, imsi: str, quota: Quota, now: int) -> Past:
    """What the SIM did as far back as ``quota`` looks, and how its last messages were answered."""
    sent: list[int] = []
    met: list[tuple[int, int]] = []
    if quota.parts_since:
        rows = connection.execute(_SQL["usage"], (imsi, now - quota.parts_since))
        sent = [at for (at,) in rows]
    if quota.recipients_since:
        met = connection.execute(_SQL["met"], (imsi, now - quota.recipients_since)).fetchall()
    answers = [
        PartResult(attempt=attempt, outcome=outcome, cause=cause, answered_at=at)
        for attempt, outcome, cause, at in connection.execute(_SQL["answers"], (imsi,))
    ]
    return Past(sent, met, answers[::-1])
