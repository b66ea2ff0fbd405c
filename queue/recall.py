"""Recall: stop what is not sent, then climb the ladder for what is (never "deleted" without proof).

Queue and unsent parts are stopped at once, in the caller's unit. What was accepted gets an
SMS-COMMAND for each part, then a replacement when it was sent recallable, then a correction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ..store.unit import UnitOfWork

WITHDRAWN = "此消息已撤回。"
"""What a replacement says when there is no correction that fits one segment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallRequest:
    """One message or a whole batch (public ids; exactly one of them)."""

    batch: str | None = None
    message: str | None = None
    reason: str
    correction: str | None = field(default=None, repr=False)
    actor: str
    person: int | None = None
    """``person.id`` of the actor: another person must approve the steps that send."""
    needs_second: bool = False
    """Whether steps that send wait for :meth:`Ladder.approve_steps`. Stopping never waits."""


@dataclass(frozen=True, slots=True)
class StartedRecall:
    """A recall that began."""

    id: int
    public_id: str
    state: Literal["waiting", "running", "done"]


class Ladder:
    """The steps of a recall. Verbs take the caller's unit; ``can_command`` and ``segments`` are
    called on the store's thread."""

    def __init__(
        self,
        can_command: Callable[[str], bool],
        segments: Callable[[str], int],
        withdrawn: str = WITHDRAWN,
    ) -> None:
        self._can_command = can_command
        self._segments = segments
        self._withdrawn = withdrawn

    def start(self, uow: UnitOfWork, request: RecallRequest) -> StartedRecall:
        """Stop at once; climb on, or wait for a second person.

        Raises :class:`~.errors.NotFoundError` and :class:`~.errors.RecallError` (``code``:
        ``already_running``, ``already_recalled``, ``nothing_to_recall``, ``is_recall``).
        """
        raise NotImplementedError

    def on_air(self, uow: UnitOfWork, *, batch: str | None = None, message: str | None = None) -> int:
        """How many recipients a recall would have to send something to: for the policy."""
        raise NotImplementedError

    def approve_steps(self, uow: UnitOfWork, recall: str, *, actor: str, person: int) -> None:
        """Let a waiting recall send. The schema refuses the person who asked for it."""
        raise NotImplementedError

    def reject_steps(
        self, uow: UnitOfWork, recall: str, *, actor: str, person: int, reason: str = ""
    ) -> None:
        """Refuse what a waiting recall would send; what it stopped stays stopped."""
        raise NotImplementedError

    def settled(self, uow: UnitOfWork, message_id: int) -> None:
        """Something happened to a message: climb on if a recall waits for it.

        Call it after every move of a message that was begun: the outcome of a hand-over, a
        displaced intent, a report, an expiry. Cheap when no recall is concerned. Parts of a
        recalled message that came back to ``queued`` are withheld here.
        """
        raise NotImplementedError

    def withheld(self, uow: UnitOfWork, message_id: int) -> bool:
        """Whether a recall stopped the message: no further part of it may be handed over."""
        raise NotImplementedError
