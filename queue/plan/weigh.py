"""Whom to offer a message first that several idle SIMs could take: pure.

A free modem pulls, so nothing is held back for a better one: the order only decides who asks first.
While there is work for all, all work; while there is not, each carries a share by its weight.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ...store.clock import SECOND

HALF = 600 * SECOND
"""After this time, what a SIM carried counts half."""


class Offer(NamedTuple):
    """A SIM that is free."""

    label: str
    weight: float
    """How well it does, in (0, 1]."""
    carried: float
    """What it carried lately (:func:`faded`)."""


def in_order(offers: Sequence[Offer]) -> list[str]:
    """The labels, whose turn it is first: the least carried for its weight, one more included."""
    return [o.label for o in sorted(offers, key=lambda o: ((o.carried + 1) / o.weight, o.label))]


def faded(carried: float, microseconds: int) -> float:
    """What is left of ``carried`` after a while; a clock that was set back changes nothing."""
    return carried * math.pow(0.5, max(microseconds, 0) / HALF)
