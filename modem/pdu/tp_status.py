"""TP-ST: what a status report says became of a message (3GPP TS 23.040 §9.2.3.15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StatusKind = Literal[
    "success",  # final: completed
    "pending",  # not final: the service centre still tries
    "permanent",  # final: will never be delivered
    "temporary",  # final: the service centre gave up, a later send may work
    "recalled",  # final: deleted on the sender's command
    "absent",  # answer to a command: the service centre does not hold the message
    "unknown",  # reserved value: says nothing
]


@dataclass(frozen=True, slots=True)
class TpStatus:
    """One value of TP-ST."""

    code: int
    meaning: str
    kind: StatusKind
    assigned: bool
    """Whether the standard gives this very value a meaning (not reserved, not SC-specific)."""


def tp_status(code: int) -> TpStatus:
    """Return the entry of ``code``. Raises PduError outside 0–255."""
    raise NotImplementedError
