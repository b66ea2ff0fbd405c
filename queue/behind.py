"""What one lane has ready behind the message on the air: on its way from the store, or on deck."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Protocol

from ..store.errors import StoreError
from .air import Air
from .claims import Claims
from .intents import Claimed, Intent
from .on_deck import Flight, OnDeck
from .ring import Ring


class Owner(Protocol):
    """The lane."""

    def may_fetch(self) -> bool:
        """Whether another message may be taken now."""
        ...

    def clear(self, intent: Intent) -> bool:
        """Whether nothing comes before it. Called on the modem's thread."""
        ...

    def put_back(self, intent: Intent, cause: str) -> None:
        """Let others have it."""
        ...


class Behind:
    """Used on the event loop. One message at most."""

    def __init__(self, owner: Owner, claims: Claims, air: Air, ring: Ring) -> None:
        self._owner = owner
        self._claims = claims
        self._air = air
        self._ring = ring
        self._on_air = False
        self._fetching: asyncio.Future[Claimed] | None = None
        self._deck: Flight | None = None

    @property
    def late(self) -> bool | None:
        """Whether it is still on its way; ``None`` when there is none."""
        return None if self._fetching is None else not self._fetching.done()

    def begin(self) -> None:
        """A message is on the air: have the next one fetched and put on deck."""
        self._on_air = True
        if self._fetching is not None:  # behind a message that something came before
            self._put_on_deck(self._fetching)
        elif self._owner.may_fetch():
            self._fetching = self._claims.ask_next()
            self._fetching.add_done_callback(self._put_on_deck)

    def end(self) -> None:
        """It is through: what comes from now on is too late to be put on deck."""
        self._on_air = False

    async def take(self) -> Flight | Intent | None:
        """The one behind, once it is there: the modem has it, or may be given it."""
        intent: Intent | None = None
        if self._fetching is not None:
            try:
                intent = (await self._fetching).intent
            except StoreError as error:
                self._claims.failed(error)
            self._fetching = None
        flight, self._deck = self._deck, None
        return flight or intent

    def begun(self) -> Flight | None:
        """The one on deck, if the modem began it; else it stays behind, and begins no more by itself."""
        flight, self._deck = self._deck, None
        if flight is None or self._withdraw(flight):
            return None
        self._fetching = None
        return flight

    def give_up(self, cause: str) -> None:
        """Let others have what the modem did not begin."""
        fetching, self._fetching = self._fetching, None
        flight, self._deck = self._deck, None
        if flight is None:
            if fetching is not None:
                fetching.add_done_callback(partial(self._give_back, cause=cause))
        elif self._withdraw(flight):
            self._owner.put_back(flight.intent, cause)
        else:
            self._deck = flight

    def _withdraw(self, flight: Flight) -> bool:
        if flight.deck is None or not flight.deck.take_back():
            return False
        flight.results.cancel()
        self._ring.free(flight.intent.attempts)
        return True

    def _give_back(self, fetched: asyncio.Future[Claimed], cause: str) -> None:
        if fetched.cancelled():
            return
        if (error := fetched.exception()) is not None:
            self._claims.failed(error)
        elif (intent := fetched.result().intent) is not None:
            self._owner.put_back(intent, cause)

    def _put_on_deck(self, fetched: asyncio.Future[Claimed]) -> None:
        if not self._on_air or fetched is not self._fetching or not fetched.done():
            return
        intent = None if fetched.cancelled() or fetched.exception() else fetched.result().intent
        if intent is not None and self._ring.reserve_now(intent.attempts):
            deck = OnDeck(self._ring, partial(self._owner.clear, intent))
            self._deck = Flight(intent, self._air.hand_over(intent, deck), deck)
