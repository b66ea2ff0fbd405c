"""Made-up households for the demo and for tests: the same ones every time, and nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

MOST = 2_000
"""There is one made-up number for each: +86 138 0013 8000 to 9999."""
_FIRST_NUMBER = 13_800_138_000
_UNITS = 3
_FLOORS = 20
_DOORS = 4
_PER_UNIT = _FLOORS * _DOORS
_PER_BUILDING = _UNITS * _PER_UNIT

Role = Literal["owner", "tenant", "family"]


@dataclass(frozen=True, slots=True)
class Household:
    """A flat and the one telephone of it that is notified."""

    building: str
    unit: str
    room: str
    role: Role
    number: str = field(repr=False)
    """E.164."""


def households(count: int) -> Iterator[Household]:
    """The first ``count`` sample households: five buildings of three units make 1,200.

    Raises ``ValueError`` when more are asked for than there are made-up numbers.
    """
    if not 0 <= count <= MOST:
        msg = f"there are 0 to {MOST} sample households, not {count}"
        raise ValueError(msg)
    for index in range(count):
        building, flat = divmod(index, _PER_BUILDING)
        unit, flat = divmod(flat, _PER_UNIT)
        floor, door = divmod(flat, _DOORS)
        yield Household(
            building=f"{building + 1}栋",
            unit=f"{unit + 1}单元",
            room=f"{floor + 1}{door + 1:02d}",
            # Every fifth flat is let.
            role="tenant" if index % 5 == 4 else "owner",
            number=f"+86{_FIRST_NUMBER + index}",
        )
