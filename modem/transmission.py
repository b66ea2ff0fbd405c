"""The shapes of an order to send and of its answer.

They describe, property by property, what the bank reads and calls, so that the types of whoever
gives the orders fit without either room importing the other.
"""

from __future__ import annotations

from typing import Literal, Protocol, TypeVar

PartOutcome = Literal["accepted", "refused", "unknown", "unsent"]
"""The SMSC took it; it was refused; Ctrl-Z may have reached the modem and the answer is not known;
it was certainly not sent."""

ResultT = TypeVar("ResultT")
ResultT_co = TypeVar("ResultT_co", covariant=True)


class Outgoing(Protocol):
    """The parts of one message to send now, in order, without a pause between."""

    @property
    def number(self) -> str:
        """E.164, with the plus sign."""
        ...

    @property
    def text(self) -> str:
        """The whole text, not yet segmented."""
        ...

    @property
    def total(self) -> int:
        """Segments of the whole text."""
        ...

    @property
    def seqs(self) -> tuple[int, ...]:
        """Which segments to send, ascending from 1."""
        ...

    @property
    def attempts(self) -> tuple[int, ...]:
        """The attempt of each of ``seqs``."""
        ...

    @property
    def concat_ref(self) -> int:
        """Concatenation reference 0-255, used when ``total`` is above 1."""
        ...

    @property
    def flash(self) -> bool:
        """Message class 0."""
        ...

    @property
    def valid_until(self) -> int | None:
        """Microseconds since 1970 UTC."""
        ...

    @property
    def pid(self) -> int:
        """TP-PID."""
        ...

    @property
    def report(self) -> bool:
        """TP-SRR."""
        ...


class Deletion(Protocol):
    """An SMS-COMMAND "delete" (3GPP TS 23.040 §9.2.2.4)."""

    @property
    def number(self) -> str:
        """E.164 of the message's recipient."""
        ...

    @property
    def target_mr(self) -> int:
        """The TP-MR the message got."""
        ...

    @property
    def attempt(self) -> int:
        """The attempt this command is recorded under."""
        ...


class HandOver(Protocol):
    """Told of the moments that a crash must not hide; called in the modem's thread."""

    def may_begin(self) -> bool:
        """Whether the message may still begin: asked once, when the modem has come to it."""
        ...

    def begin(self, attempt: int) -> None:
        """The part is about to get its Ctrl-Z. Must not block."""
        ...

    def answered(self, attempt: int, tp_mr: int) -> None:
        """The modem answered ``+CMGS`` or ``+CMGC`` with this TP-MR. Must not block."""
        ...


class ResultFactory(Protocol[ResultT_co]):
    """Builds the owner's result type; a dataclass with these fields fits."""

    def __call__(
        self,
        *,
        attempt: int,
        outcome: PartOutcome,
        tp_mr: int | None,
        cause: str,
        answered_at: int,
    ) -> ResultT_co:
        """``answered_at``: microseconds since 1970 UTC."""
        ...
