"""The desk: the only door into the queue. Whoever wants to send, approve or recall asks here."""

from __future__ import annotations

from collections.abc import Callable

from ..queue.hours import SendingHours
from ..store.clock import Clock, system_clock
from ..store.store import Store
from ..store.vault import Vault
from .answers import BatchAnswer, FilterAnswer, SendAnswer
from .callers import Caller
from .filter import WordFilter
from .requests import SendRequest
from .settings import Settings


class Desk:
    """One for the process. Every verb raises :class:`~.errors.PolicyError` for a refusal and
    :class:`~..store.errors.StoreError` when the store cannot write."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        segments: Callable[[str], int],
        word_filter: WordFilter,
        hours: SendingHours,
        settings: Settings,
        clock: Clock = system_clock,
    ) -> None:
        self._store = store
        self._vault = vault
        self._segments = segments
        self._filter = word_filter
        self._hours = hours
        self._settings = settings
        self._clock = clock

    async def send(
        self, caller: Caller, request: SendRequest, idempotency_key: str | None = None
    ) -> SendAnswer:
        """Accept ``request`` into the queue. Scope ``messages:send`` or, for the purpose
        emergency, ``messages:emergency``. Returns once batch, messages, holds, audit events and
        the idempotency row are durable."""
        raise NotImplementedError

    async def approve(
        self, caller: Caller, batch: str, digest: str | None = None, reason: str = ""
    ) -> BatchAnswer:
        """A second person's leave: closes the holds of ``batch`` (public id) and releases it."""
        raise NotImplementedError

    async def return_(self, caller: Caller, batch: str, reason: str) -> BatchAnswer:
        """Give a held batch back to its submitter for correction; it ends."""
        raise NotImplementedError

    async def reject(self, caller: Caller, batch: str, reason: str) -> BatchAnswer:
        """Refuse a held batch; it ends."""
        raise NotImplementedError

    async def cancel(self, caller: Caller, batch: str, reason: str = "") -> BatchAnswer:
        """Stop what of ``batch`` is not yet on the air. Scope ``messages:send`` or ``recall``."""
        raise NotImplementedError

    async def pause(self, caller: Caller, batch: str) -> BatchAnswer:
        """Keep the rest of ``batch`` back until it is resumed."""
        raise NotImplementedError

    async def resume(self, caller: Caller, batch: str) -> BatchAnswer:
        """Let a paused batch go on."""
        raise NotImplementedError

    async def recall(
        self,
        caller: Caller,
        *,
        batch: str | None = None,
        message: str | None = None,
        reason: str,
        correction_text: str | None = None,
    ) -> str:
        """Recall one message or a whole batch; returns the recall's public id. Scope ``recall``."""
        raise NotImplementedError

    async def decide_recall(
        self, caller: Caller, recall: str, *, approve: bool, reason: str = ""
    ) -> None:
        """A second person's yes or no to the steps of a recall that send. Scope ``approve``."""
        raise NotImplementedError

    async def check_filter(self, caller: Caller, text: str, purpose: str) -> FilterAnswer:
        """What the word filter says; nothing is stored. Scope ``filter`` or ``messages:send``."""
        raise NotImplementedError

    def close(self) -> None:
        """Take no new work: every verb but :meth:`check_filter` answers ``closing`` (503)."""
        raise NotImplementedError
