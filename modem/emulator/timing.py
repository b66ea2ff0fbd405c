"""How long things take on the air: delays drawn from seeded distributions."""

from __future__ import annotations

import math
from random import Random

import msgspec


class Delay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A duration in seconds: fixed (``sigma`` 0) or log-normal, with an optional uniform tail.

    ``tail_share`` of the draws come from the tail ``[tail_from, tail_to)`` instead.
    """

    median: float = 0.0
    sigma: float = 0.0
    tail_share: float = 0.0
    tail_from: float = 10.0
    tail_to: float = 30.0

    def __post_init__(self) -> None:
        """Refuse what cannot be a duration; msgspec reports the ``ValueError`` as invalid input."""
        if self.median < 0 or self.sigma < 0 or not 0 <= self.tail_share <= 1:
            raise ValueError("a delay needs median >= 0, sigma >= 0 and 0 <= tail_share <= 1")
        if not 0 <= self.tail_from <= self.tail_to:
            raise ValueError("a delay's tail needs 0 <= tail_from <= tail_to")

    def draw(self, rng: Random) -> float:
        """One duration in seconds."""
        if self.tail_share and rng.random() < self.tail_share:
            return rng.uniform(self.tail_from, self.tail_to)
        if self.median <= 0 or self.sigma == 0:
            return self.median
        return rng.lognormvariate(math.log(self.median), self.sigma)


class Timing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every delay of a modem and of the network behind it, in seconds."""

    submit: Delay = Delay(0.8, 0.4)
    """From Ctrl-Z to ``+CMGS``."""
    prompt: Delay = Delay()
    """From ``AT+CMGS=n`` to the prompt."""
    answer: Delay = Delay()
    """From any other command to its answer."""
    report: Delay = Delay(4.5, 0.6)
    """From acceptance by the SMSC to the status report, at ``report_speed`` 1."""
    retry: Delay = Delay(60.0)
    """From a temporary outcome (or an unreachable modem) to the SMSC's next attempt, likewise."""
    report_speed: float = 1.0
    """How many times faster than life the SMSC delivers and reports."""
    boot: Delay = Delay(1.0)
    """From a reset to ``RDY``."""
    message_service: Delay = Delay()
    """From ``RDY`` until messages may be sent."""
    registration: Delay = Delay()
    """From ``AT+CFUN=1`` to a network."""
    ring: Delay = Delay(3.0)
    """From one ring to the next."""
    acknowledge: Delay = Delay(15.0)
    """How long a report waits for ``AT+CNMA`` (``AT+CSMS=1``) until the network has it back."""

    def __post_init__(self) -> None:
        """Refuse a network that stands still or runs backwards."""
        if self.report_speed <= 0:
            raise ValueError("report_speed must be above 0")
