"""TP-ST: what a status report says became of a message (3GPP TS 23.040 §9.2.3.15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .errors import PduError

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


_ASSIGNED: dict[int, tuple[str, StatusKind]] = {
    0x00: ("received by the recipient", "success"),
    0x01: ("forwarded to the recipient, receipt not confirmed", "success"),
    0x02: ("replaced by the service centre", "success"),
    0x20: ("congestion, still trying", "pending"),
    0x21: ("recipient busy, still trying", "pending"),
    0x22: ("no response from the recipient, still trying", "pending"),
    0x23: ("service rejected, still trying", "pending"),
    0x24: ("quality of service not available, still trying", "pending"),
    0x25: ("error in the recipient's device, still trying", "pending"),
    0x40: ("remote procedure error", "permanent"),
    0x41: ("incompatible destination", "permanent"),
    0x42: ("connection rejected by the recipient", "permanent"),
    0x43: ("not obtainable", "permanent"),
    0x44: ("quality of service not available", "permanent"),
    0x45: ("no interworking available", "permanent"),
    0x46: ("validity period expired", "permanent"),
    0x47: ("deleted by the sender", "recalled"),
    0x48: ("deleted by the service centre's administration", "permanent"),
    0x49: ("not held by the service centre", "absent"),
    0x60: ("congestion, given up", "temporary"),
    0x61: ("recipient busy, given up", "temporary"),
    0x62: ("no response from the recipient, given up", "temporary"),
    0x63: ("service rejected, given up", "temporary"),
    0x64: ("quality of service not available, given up", "temporary"),
    0x65: ("error in the recipient's device, given up", "temporary"),
}

# Last value, meaning, kind: of each run of values without a meaning of their own. From 0x80 on the
# bits mean nothing: 0xA0 is not "temporary", nor 0xC0 "permanent".
_RUNS: tuple[tuple[int, str, StatusKind], ...] = (
    (0x0F, "completed (reserved value)", "success"),
    (0x1F, "completed (value of the service centre)", "success"),
    (0x2F, "still trying (reserved value)", "pending"),
    (0x3F, "still trying (value of the service centre)", "pending"),
    (0x4F, "permanent error (reserved value)", "permanent"),
    (0x5F, "permanent error (value of the service centre)", "permanent"),
    (0x6F, "temporary error, given up (reserved value)", "temporary"),
    (0x7F, "temporary error, given up (value of the service centre)", "temporary"),
    (0xFF, "reserved value", "unknown"),
)


def _table() -> Iterator[TpStatus]:
    runs = iter(_RUNS)
    last, meaning, kind = next(runs)
    for code in range(256):
        if code > last:
            last, meaning, kind = next(runs)
        if code in _ASSIGNED:
            yield TpStatus(code, *_ASSIGNED[code], assigned=True)
        else:
            yield TpStatus(code, meaning, kind, assigned=False)


TP_STATUS: tuple[TpStatus, ...] = tuple(_table())
"""Every value, by code."""


def tp_status(code: int) -> TpStatus:
    """Return the entry of ``code``. Raises PduError outside 0–255."""
    if not 0 <= code <= 0xFF:
        raise PduError("TP-ST: not 0 to 255")
    return TP_STATUS[code]
