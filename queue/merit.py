"""How well a SIM does, from its signal and what became of its last messages: pure.

The weight decides who gets a message that several idle SIMs could take (:mod:`.plan.weigh`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .evidence.cms import cms, number_of
from .evidence.kinds import Kind
from .plan.retry import is_strike
from .transmitter import PartResult

_NEWS = 0.1
"""What one answer changes of the mean."""
POOR = 0.5
"""A SIM that fails more often than this is not waited for."""
_LEAST = 0.05
_CLEAR = 18
"""``+CSQ`` from which more signal changes nothing (-77 dBm)."""
_UNHEARD = 0.8
"""What a SIM whose modem does not tell its signal counts for."""
_NOT_THE_SIMS = frozenset(
    {Kind.DESTINATION, Kind.BARRED, Kind.MESSAGE, Kind.AMBIGUOUS, Kind.UNREACHABLE}
)

KindOf = Callable[[str], Kind | None]
"""What a cause means to the vendor of the modem; ``None``: what the standard says."""


def standard(cause: str) -> Kind | None:
    """Of a make that gives no cause a meaning of its own."""
    return None


class Merit:
    """The share of a SIM's last messages that it brought through, the newest counting most."""

    def __init__(self) -> None:
        self.success = 1.0

    def note(self, results: Iterable[PartResult], meaning: KindOf = standard) -> None:
        """A message was answered."""
        for result in results:
            good = _verdict(result, meaning)
            if good is not None:
                self.success += _NEWS * (good - self.success)

    def weight(self, signal: int | None) -> float:
        """How much it should carry beside others, in (0, 1]; ``signal`` is ``+CSQ`` 0-31."""
        heard = _UNHEARD if signal is None else min(max(signal, 1) / _CLEAR, 1.0)
        return max(heard * self.success**2, _LEAST)


def _verdict(result: PartResult, meaning: KindOf) -> bool | None:
    """Whether it speaks for or against the SIM; ``None``: for neither."""
    if result.outcome == "accepted":
        return True
    if result.outcome == "refused":
        code = number_of(result.cause)
        kind = meaning(result.cause) or (Kind.UNKNOWN if code is None else cms(code).kind)
        return None if kind in _NOT_THE_SIMS else False
    return False if is_strike(result.cause) else None
