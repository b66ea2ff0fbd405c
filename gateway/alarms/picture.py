"""What the rules look at: the gateway at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Key = tuple[str, str]
"""Code and what it is about: a modem's label, an operator, a priority; ``""`` = the gateway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Modem:
    """One modem, as the rules see it."""

    label: str
    usable: bool
    searching: bool = False
    """It works and has no network."""
    operator: str = ""
    """Of its SIM: the PLMN; empty while it is not known."""
    standing: frozenset[str] = frozenset()
    """Alarms that the bank itself says stand."""
    served: bool = True
    """Whether the bank has looked at it since the start: before, nothing is known of it."""
    quotas: Mapping[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    """Used and limit by window; empty while it is not ready."""
    storage: tuple[int, int] | None = None
    """Used and total."""
    resets: int = 0
    """Since the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What there is to know at one moment; ages and times in seconds."""

    at: float
    """Of a clock that nobody sets."""
    modems: tuple[Modem, ...]
    oldest: Mapping[str, float] = field(default_factory=dict[str, float])
    """Age of the oldest message that may go, by class; absent: none waits."""
    oldest_doubt: float = 0.0
    disk_free: int | None = None
    ballast_given: bool = False
    clock: str = "sure"
