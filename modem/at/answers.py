"""What is handed to a modem and what it answers."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, Protocol

from .causes import UNDECIDED, cause_of
from .comms import Reply
from .library import CmeError, CmsError, CommandError
from .router import late_reference

Outcome = Literal["accepted", "refused", "unknown", "unsent"]


class Part(NamedTuple):
    """One PDU to hand to the modem, service centre address first; ``length`` of the TPDU alone."""

    attempt: int
    pdu: str
    length: int


class Answer(NamedTuple):
    """What became of one PDU; see ``modem.transmission.PartOutcome``."""

    outcome: Outcome
    tp_mr: int | None = None
    cause: str = ""
    answered_at: int = 0
    """Microseconds since 1970 UTC."""


class HandOver(Protocol):
    """See ``modem.transmission.HandOver``."""

    def may_begin(self) -> bool:
        """Whether the message may still begin: asked once, when the modem has come to it."""
        ...

    def begin(self, attempt: int) -> None:
        """Ctrl-Z is about to be written."""
        ...

    def answered(self, attempt: int, tp_mr: int) -> None:
        """``+CMGS``/``+CMGC`` came."""
        ...


def note_reference(references: list[int], part: Part, handover: HandOver, line: str) -> None:
    """Take the TP-MR of a response line, once."""
    tp_mr = late_reference(line)
    if tp_mr is not None and not references:
        references.append(tp_mr)
        handover.answered(part.attempt, tp_mr)


def accepted(references: list[int]) -> Answer | None:
    """Accepted if a TP-MR came, whatever happened after it."""
    return Answer("accepted", references[0]) if references else None


def judge(reply: Reply, references: list[int]) -> Answer:
    """What the final line after Ctrl-Z says."""
    if reply.final == "OK" or references:
        return Answer("accepted", references[0] if references else None)
    if reply.final is None:
        return Answer(
            "unknown", cause="prompt"
        )  # text entry again: what became of ours is not known
    cause = cause_of(reply.final)
    return Answer("unknown" if cause in UNDECIDED else "refused", cause=cause)


def refusal(command: str, final: str) -> CommandError:
    """The library's exception for a refused command."""
    name = re.split(r"[=?]", command, maxsplit=1)[0]  # arguments may be a PIN or a number
    kind, _, code = cause_of(final).partition(":")
    value: int | str = int(code) if code.isdecimal() else code
    if kind == "cms":
        return CmsError(name, value)
    if kind == "cme":
        return CmeError(name, value)
    return CommandError(name)
