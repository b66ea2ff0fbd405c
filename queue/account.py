"""All that is known of one SIM while it sends: quotas, pace, merit, and what others may expect of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .intents import Intent
from .ledger import Ledger, Quota
from .merit import POOR, KindOf, Merit
from .pace import Pace
from .plan.weigh import Offer, faded
from .standing import Standing
from .transmitter import PartResult

_NEARLY = 0.1
"""With less than this left of a day's or a month's quota, nobody waits for the SIM."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a SIM did before, as the attempts tell it. Times in microseconds since 1970 UTC."""

    sent: Sequence[int] = ()
    """When each part was handed over."""
    met: Sequence[tuple[int, int]] = ()
    """Recipients, and when each was last sent to."""
    answers: Sequence[PartResult] = ()
    """Its last ones, the oldest first."""


class Account:
    """Used on the event loop."""

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self.ledger = Ledger(quota)
        self.pace = Pace()
        self.merit = Merit()
        self.standing = Standing()
        self._rest_until = 0
        self._carried = 0.0
        self._at = 0

    def remember(self, past: Past, meaning: KindOf) -> None:
        """Begin with what the SIM did before this run, or in another modem."""
        self.ledger = Ledger(self.quota, past.sent, past.met)
        self.pace, self.merit = Pace(), Merit()
        for answer in past.answers:
            self.pace.note((answer,), answer.answered_at)
            self.merit.note((answer,), meaning)

    def rest(self, until: int) -> None:
        """Send nothing but emergencies until then."""
        self._rest_until = max(self._rest_until, until)

    def clock_moved(self, by: int) -> None:
        """Our time went on by ``by`` microseconds at once: a rest ends when it would have."""
        self._rest_until += by
        self._at += by
        self.ledger.clock_moved(by)
        self.pace.clock_moved(by)

    def begun(self, intent: Intent, now: int) -> None:
        """A message is being handed over."""
        self.ledger.note(now, len(intent.attempts), intent.subject)
        self._carried = self._faded(now) + len(intent.attempts)
        self._at = now
        self.standing.pending = False

    def answered(self, results: Sequence[PartResult], now: int, meaning: KindOf) -> None:
        """It was answered."""
        self.pace.note(results, now)
        self.merit.note(results, meaning)

    def free_at(self, now: int) -> int:
        """When it may send again; kept in its standing."""
        standing, ledger = self.standing, self.ledger
        free = max(self.pace.free_at(now), self._rest_until, now)
        standing.unwell = self.merit.success < POOR
        if ledger.limited:
            free = max(free, ledger.free_at(now))
            standing.full = ledger.strangers_at(now) > now
            standing.unwell = standing.unwell or ledger.headroom(now) < _NEARLY
        standing.free_at = free
        return free

    def offer(self, label: str, signal: int | None, now: int) -> Offer:
        """What it brings to the choice of who is asked first."""
        weight = self.merit.weight(signal) * max(self.ledger.headroom(now), _NEARLY)
        return Offer(label, weight, self._faded(now))

    def _faded(self, now: int) -> float:
        return faded(self._carried, now - self._at)
