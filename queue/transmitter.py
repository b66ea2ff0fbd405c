"""What the queue needs of a bank of modems. ``modem.bank`` fits it structurally; neither imports the other."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

PartOutcome = Literal["accepted", "refused", "unknown", "unsent"]
"""What became of one part: the SMSC took it; it was refused; Ctrl-Z may have reached the modem and
the answer is not known; it was certainly not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """The parts of one message that a modem is to send now, in order, without a pause between."""

    number: str = field(repr=False)
    """E.164, with the plus sign."""
    text: str = field(repr=False)
    """The whole text; the transmitter segments it as :meth:`Transmitter.segments` counted."""
    total: int
    seqs: tuple[int, ...]
    """Which segments to send, ascending from 1."""
    attempts: tuple[int, ...]
    """The attempt of each of ``seqs``, parallel to it."""
    concat_ref: int
    """Concatenation reference 0-255; used when ``total`` is above 1."""
    flash: bool = False
    valid_until: int | None = None
    """Microseconds since 1970 UTC; mapped to TP-VP."""
    pid: int = 0
    report: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """An SMS-COMMAND that asks the SMSC to delete a message it still holds (3GPP TS 23.040 §9.2.2.4)."""

    number: str = field(repr=False)
    target_mr: int
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """What the transmitter says of one attempt."""

    attempt: int
    outcome: PartOutcome
    tp_mr: int | None = None
    cause: str = ""
    """Empty, or ``cms:38``, ``cme:14``, ``timeout``, ``lost``, ``no_prompt``, ``stopped``, …"""
    answered_at: int
    """Microseconds since 1970 UTC."""


class HandOver(Protocol):
    """The hand-over ring as the modem's thread sees it. Slots are reserved before: never blocks."""

    def may_begin(self) -> bool:
        """Whether the message may still begin: asked once, when the modem has come to it."""
        ...

    def begin(self, attempt: int) -> None:
        """The part of ``attempt`` is about to get its Ctrl-Z."""

    def answered(self, attempt: int, tp_mr: int) -> None:
        """The modem answered ``+CMGS``/``+CMGC`` with this TP-MR."""


class Transmitter(Protocol):
    """A bank of modems. What is asked of one modem is done in order: the next message may be given
    while one is on the air, and begins when that is through."""

    def segments(self, text: str) -> int:
        """How many segments ``text`` takes on the air."""
        ...

    def submit(
        self, modem: str, outgoing: Outgoing, handover: HandOver
    ) -> Awaitable[Sequence[PartResult]]:
        """Send the parts in order; a result for each attempt, in order; never raises.

        The first part that is not accepted stops the rest, which are ``unsent``. A future costs
        less than a coroutine, which becomes a task; when it is cancelled nobody waits any more.
        """
        ...

    async def command(self, modem: str, deletion: Deletion, handover: HandOver) -> PartResult:
        """Send an SMS-COMMAND; never raises."""
        ...
