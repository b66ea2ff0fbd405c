"""What the queue asks about a modem beyond sending: a Protocol, so that it knows no bank."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal, Protocol

from .evidence.kinds import Kind

CauseClass = Literal[
    "temporary", "sim_fault", "modem", "configuration", "permanent_message", "permanent_destination"
]
"""What a cause asks for, as a vendor's table says."""

_KINDS = MappingProxyType[CauseClass, Kind](
    {
        "temporary": Kind.TEMPORARY,
        "sim_fault": Kind.SIM,
        "modem": Kind.DEVICE,
        "configuration": Kind.CONFIGURATION,
        "permanent_message": Kind.MESSAGE,
        "permanent_destination": Kind.DESTINATION,
    }
)


class Insight(Protocol):
    """Must be cheap; called on any thread."""

    def cause_kind(self, label: str, cause: str) -> CauseClass | None:
        """What ``cause`` asks for where the modem's make has a meaning of its own for it."""
        ...

    def signal(self, label: str) -> int | None:
        """``+CSQ`` 0-31 of the modem; ``None`` when unknown."""
        ...


class NoInsight:
    """Every make keeps to the standard, and nobody tells a signal."""

    def cause_kind(self, label: str, cause: str) -> CauseClass | None:
        """Nothing of its own."""
        return None

    def signal(self, label: str) -> int | None:
        """Unknown."""
        return None


def vendor_kind(insight: Insight, label: str, cause: str) -> Kind | None:
    """The kind of evidence that ``cause`` is by the make of the modem; ``None``: the standard's."""
    found = insight.cause_kind(label, cause)
    return None if found is None else _KINDS[found]
