"""Received messages: parts in any order, joined when complete, sealed under their sender."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..store.store import Store
from ..store.vault import Vault


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


class InboxSink:
    """Takes what the bank receives. ``normalise`` brings a sender into E.164 when it can."""

    def __init__(
        self, store: Store, vault: Vault, normalise: Callable[[str], str] = str
    ) -> None:
        self._store = store
        self._vault = vault
        self._normalise = normalise

    async def inbound(self, seen: SeenInbound) -> None:
        """Store a part; returns once that is durable. A part that came before is dropped."""
        raise NotImplementedError

    async def close_incomplete(self, older_than: int) -> int:
        """Show what of long messages came, when the rest did not since ``older_than``.

        Microseconds since 1970 UTC; returns how many messages.
        """
        raise NotImplementedError
