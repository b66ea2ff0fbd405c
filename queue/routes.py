"""Numbers that should go by SIMs of certain operators, by prefix. Pure.

A prefix is a hint, no more: with number portability a subscriber keeps the number and changes the
operator. What is routed wrongly still arrives, only through another network first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Route:
    """Numbers that begin with one of ``prefixes`` should go by a SIM of one of ``operators``."""

    prefixes: tuple[str, ...]
    """Of numbers in E.164, with the plus sign."""
    operators: tuple[str, ...]
    """PLMNs: the five or six first digits of an IMSI (ITU-T E.212)."""

    @property
    def key(self) -> str:
        """How a message names it; speaks for itself when the configuration has changed."""
        return ",".join(self.operators)


class Routes:
    """The configured routes. The longest prefix that fits a number decides."""

    def __init__(self, routes: Sequence[Route] = ()) -> None:
        self._by_prefix = {prefix: route.key for route in routes for prefix in route.prefixes}
        lengths = {len(prefix) for prefix in self._by_prefix}
        self._lengths = sorted(lengths, reverse=True)
        self._keys = sorted({route.key for route in routes})

    def of(self, number: str) -> str | None:
        """The key of the route for ``number``, if there is one."""
        for length in self._lengths:
            key = self._by_prefix.get(number[:length])
            if key is not None:
                return key
        return None

    def served_by(self, imsi: str) -> list[str]:
        """The keys of the routes that a SIM serves."""
        return [key for key in self._keys if fits(key, imsi)]


def fits(prefer: str, imsi: str) -> bool:
    """Whether the SIM meets the preference: an IMSI, or the key of a route."""
    return imsi.startswith(tuple(prefer.split(",")))


NO_ROUTES = Routes()
