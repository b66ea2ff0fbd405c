"""What the desk checks of a text before any unit: form, recipients, and what the word filter says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from ..queue.hours import SendingHours
from ..store.clock import Clock
from ..store.events import Event
from . import sending
from .answers import FilterAnswer
from .callers import Caller
from .drafts import draft, purpose_of
from .errors import PolicyError
from .filter import WordFilter
from .recipients import nobody, recipients_of
from .requests import SendRequest
from .rules import InForce
from .settings import Settings
from .texts import text_of
from .verdicts import filter_event
from .verdicts import personal as is_personal

MAX_CHECKED = 1_000_000
"""Characters that a filter check takes."""
_INLINE = 4_000
"""Characters checked on the event loop, a few milliseconds; longer texts go to a thread."""

Record = Callable[[Event], Awaitable[None]]
"""Writes one audit event."""


@dataclass(frozen=True, slots=True)
class Correction:
    """The text that a recall sends instead."""

    text: str = field(repr=False)
    reviewed: bool
    """Holds words that a person has to look at."""
    personal: bool


class Screening:
    """Never touches the database, but for the record of what was blocked."""

    def __init__(
        self,
        word_filter: WordFilter,
        settings: Settings,
        segments: Callable[[str], int],
        hours: SendingHours,
        clock: Clock,
    ) -> None:
        self.segments = segments
        self._filter = word_filter
        self._settings = settings
        self._hours = hours
        self._clock = clock

    async def send(
        self, caller: Caller, request: SendRequest, policy: InForce, record: Record
    ) -> sending.Send:
        """``request``, checked. Raises :class:`PolicyError`."""
        checked = draft(request, self._settings, self.segments, self._hours, self._clock())
        if checked.priority == 0 and policy.emergency.reason_required and not checked.reason:
            raise PolicyError("emergency_reason", rule="emergency.reason_required")
        recipients = await recipients_of(request.to, self._settings.region)
        if not recipients.numbers:
            raise nobody(recipients.rejected)
        bulk = len(recipients.numbers) > 1
        verdict = await self._passed(caller, checked.text, checked.purpose, record, bulk=bulk)
        if verdict.hits and checked.purpose != "emergency":
            checked = sending.masked(checked, self._filter.mask(checked.text), self.segments)
        # What the filter masks or reviews is no template any more, or is held for that all the same.
        forms = policy.forms_of(
            checked.text.removeprefix(self._settings.signature), checked.purpose
        )
        return sending.Send(caller, checked, recipients, verdict, policy, request.to, forms)

    async def correction(
        self, caller: Caller, given: str, record: Record, *, bulk: bool
    ) -> Correction:
        """A correction, checked and masked. ``bulk``: for a whole batch."""
        text, _ = text_of(given, self._settings, self.segments)
        verdict = await self._passed(caller, text, "service", record, bulk=bulk)
        # What is for one recipient is theirs, whatever it says.
        personal = not bulk or is_personal(verdict)
        return Correction(self._filter.mask(text), verdict.action == "review", personal)

    async def check(self, caller: Caller, text: str, purpose: str) -> FilterAnswer:
        """What the word filter says; nothing is stored. Scope ``filter`` or ``messages:send``."""
        if not caller.may("messages:send"):
            caller.require("filter")
        known = purpose_of(purpose)
        if len(text) > MAX_CHECKED:
            raise PolicyError("text_too_large", limit=MAX_CHECKED)
        if len(text) <= _INLINE:
            return self._filter.check(text, known)
        return await asyncio.to_thread(self._filter.check, text, known)

    def require_passes(self, text: str, purpose: str) -> None:
        """Raises ``text_blocked``; unlike a send it leaves no record."""
        _require(self._filter.check(text[:MAX_CHECKED], purpose_of(purpose)))

    async def _passed(
        self, caller: Caller, text: str, purpose: str, record: Record, *, bulk: bool
    ) -> FilterAnswer:
        """The filter's verdict. A block is audited, then raised: ``text_blocked`` with the hits."""
        verdict = self._filter.check(text, purpose, bulk=bulk)
        if verdict.action == "block":
            await record(filter_event(caller, verdict))
        _require(verdict)
        return verdict


def _require(verdict: FilterAnswer) -> None:
    if verdict.action == "block":
        raise PolicyError("text_blocked", hits=verdict.hits, ruleset=verdict.ruleset)
