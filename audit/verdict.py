"""What a verification says: one of three words, why, and what it saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["VALID-ANCHORED", "VALID-UNANCHORED", "INVALID"]
EXIT_CODES: dict[Outcome, int] = {"VALID-ANCHORED": 0, "VALID-UNANCHORED": 3, "INVALID": 8}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found. ``sequence`` is the first bad record of an INVALID file, if known.

    ``genesis`` is the log's first public key (base64): compare it with the printed one.
    ``anchors`` are those that count; ``residual`` are the records after the newest of them.
    """

    outcome: Outcome
    reason: str
    sequence: int | None = None
    origin: str = ""
    size: int = 0
    first: int = 0
    last: int = 0
    epochs: int = 0
    checkpoints: int = 0
    opened: int = 0
    genesis: str = ""
    anchors: tuple[str, ...] = ()
    residual: int = 0
    findings: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 anchored, 3 unanchored, 8 invalid."""
        return EXIT_CODES[self.outcome]
