"""Purposes and priorities: their names in every door, their numbers in the database. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Literal, get_args

Purpose = Literal["emergency", "service", "statutory", "activity", "commercial"]
"""Why a message is sent: carries its legal basis and its sending hours."""

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)

LegalBasis = Literal["vital_interest", "contract", "legal_duty", "consent"]
"""On what the law lets personal data be used for a message (PIPL art. 13)."""

LEGAL_BASIS: Mapping[Purpose, LegalBasis] = MappingProxyType(
    {
        "emergency": "vital_interest",  # 13(1)(4): life, health and property in an emergency
        "service": "contract",  # 13(1)(2): the property service contract
        "statutory": "legal_duty",  # 13(1)(3)
        "activity": "consent",  # 13(1)(1), can be withdrawn: 15
        "commercial": "consent",
    }
)
"""The basis of each purpose; it stands in the record of every batch."""

PriorityName = Literal["emergency", "urgent", "normal", "bulk"]


class Priority(IntEnum):
    """Lower goes first."""

    EMERGENCY = 0
    """Pre-empts between messages; ignores sending hours and soft quotas."""
    URGENT = 1
    """Ignores sending hours."""
    NORMAL = 2
    BULK = 3

    @property
    def label(self) -> PriorityName:
        """Its name in APIs, metrics and logs."""
        return _LABELS[self]

    @property
    def any_hour(self) -> bool:
        """Whether sending hours do not apply to it."""
        return self <= Priority.URGENT


_LABELS: dict[int, PriorityName] = {0: "emergency", 1: "urgent", 2: "normal", 3: "bulk"}
_BY_LABEL: dict[str, Priority] = {label: Priority(value) for value, label in _LABELS.items()}


def priority(name: PriorityName) -> Priority:
    """The priority called ``name``."""
    return _BY_LABEL[name]
