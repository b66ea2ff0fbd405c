"""Why a send would be allowed, held, postponed or stopped, and by which rule. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...store.clock import rfc3339
from . import words
from .builtin import InForce
from .judge import Case, Usage, judge

Outcome = Literal["allowed", "held", "postponed", "stopped"]
Effect = Literal["stopped", "held", "capped", "postponed", "allowed"]


@dataclass(frozen=True, slots=True)
class Line:
    """One rule and what it does to the send."""

    effect: Effect
    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The outcome, and every rule that has a part in it."""

    outcome: Outcome
    lines: tuple[Line, ...]
    starts_at: int | None
    """µs since 1970 UTC; ``None`` while it is held, or when it is stopped."""


def explain(policy: InForce, case: Case, usage: Usage, at: int) -> Explanation:
    """What would become of ``case`` submitted at ``at`` (µs since 1970 UTC)."""
    judged = judge(policy.rules, case, usage)
    lines = [Line("stopped", stop.rule, words.stopped(stop)) for stop in judged.stops]
    lines += [Line("held", need.rule, words.held(need)) for need in judged.needs]
    lines += [Line("capped", cap.rule, words.capped(cap)) for cap in judged.residents]
    starts_at = at if case.priority.any_hour else policy.hours.next(case.purpose, at)
    if starts_at > at:
        rule = policy.hours.why(case.purpose, at)
        lines.append(Line("postponed", rule, words.postponed(rfc3339(starts_at))))
    if judged.stops:
        return Explanation("stopped", tuple(lines), None)
    if judged.needs:
        return Explanation("held", tuple(lines), None)
    if starts_at > at:
        return Explanation("postponed", tuple(lines), starts_at)
    lines.append(Line("allowed", "", "no rule asks for more than the scope"))
    return Explanation("allowed", tuple(lines), starts_at)
