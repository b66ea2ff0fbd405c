"""What is known about a number, from everything that was seen of it: one pure function.

Never vacant by one code: the causes that name the number are given for faults of the SIM, too, and
SMSCs differ in what they report. So evidence is weighed, and confirmed by a second SIM or a second day.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ...store.clock import SECOND
from .kinds import Code, Kind

DAY = 86_400 * SECOND
ANOTHER_DAY = 18 * 3600 * SECOND
"""Evidence so far apart counts as a second day's."""
SUSPECTED = 2.0
INVALID = 3.0
UNNAMED = 5.0
"""The same while no code names the number outright: an operator's bad day must not do."""
SILENT_TIMES, SILENT_FOR = 3, 7 * DAY
"""Validity periods that ended without an answer, and over how long, before a number is unreachable."""
_PRIOR = 0.03
"""Share of vacant numbers assumed before anything is seen."""
_ODDS = {3.0: 200.0, 2.0: 20.0, 1.0: 5.0, 0.5: 1.5}
"""By weight: how much likelier a vacant number shows this than one in use."""
_CERTAIN = 0.9999

HealthState = Literal["valid", "suspected", "invalid", "barred", "unreachable", "unknown"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One answer or report about a number. ``at`` in microseconds since 1970 UTC."""

    at: int
    imsi: str
    code: Code
    vouched: bool = False
    """The SIM sent to another number within ten minutes before and after: it is not at fault.
    Only ambiguous codes need it."""
    discarded: bool = False
    """Several recipients were refused so within ten minutes: the SIM was at fault."""


@dataclass(frozen=True, slots=True)
class Health:
    """The verdict on a number."""

    state: HealthState
    confidence: float
    """0 to 1, that the state is right; from assumed likelihoods, so a rank more than a frequency."""
    score: float
    """Weight of what speaks for the number being vacant, since the last success."""


def assess(observations: Iterable[Observation]) -> Health:
    """The health of a number; observations in any order. A success clears all before it."""
    ordered = sorted(observations, key=lambda o: o.at)
    last = max((i for i, o in enumerate(ordered) if o.code.kind is Kind.SUCCESS), default=-1)
    since = [o for o in ordered[last + 1 :] if not o.discarded]
    strong = [o for o in since if _counts(o)]
    silent = _once_a_day([o for o in since if o.code.kind is Kind.UNREACHABLE])
    direct = sum(o.code.weight for o in strong)
    score = direct + sum(o.code.weight for o in silent)
    vacant = _vacant(last >= 0, [*strong, *silent])
    # Silence alone is no proof of a vacant number: it adds to what names it.
    named = any(o.code.weight >= INVALID for o in strong)
    if score >= (INVALID if named else UNNAMED) and direct >= SUSPECTED and _confirmed(strong):
        return Health("invalid", vacant, score)
    if direct >= SUSPECTED:
        return Health("suspected", vacant, score)
    if any(o.code.kind is Kind.BARRED for o in since):
        return Health("barred", 1 - vacant, score)
    if len(silent) >= SILENT_TIMES and silent[-1].at - silent[0].at >= SILENT_FOR:
        return Health("unreachable", 1 - vacant, score)
    return Health("valid" if last >= 0 else "unknown", 1 - vacant if last >= 0 else 0.0, score)


def _counts(seen: Observation) -> bool:
    kind = seen.code.kind
    return kind is Kind.DESTINATION or (kind is Kind.AMBIGUOUS and seen.vouched)


def _once_a_day(seen: list[Observation]) -> list[Observation]:
    kept: list[Observation] = []
    for one in seen:
        if not kept or one.at - kept[-1].at >= ANOTHER_DAY:
            kept.append(one)
    return kept


def _confirmed(strong: list[Observation]) -> bool:
    """Whether a second SIM or a second day says so, too."""
    return len({o.imsi for o in strong}) > 1 or strong[-1].at - strong[0].at >= ANOTHER_DAY


def _vacant(answered: bool, against: list[Observation]) -> float:
    odds = _PRIOR / (1 - _PRIOR) * (0.01 if answered else 1.0)
    odds *= math.prod(_ODDS.get(o.code.weight, 1.0) for o in against)
    return min(odds / (1 + odds), _CERTAIN)
