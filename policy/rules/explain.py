"""Why a send would be allowed, held, postponed or stopped, and by which rule. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...store.clock import rfc3339
from . import words
from .builtin import InForce
from .judge import Case, Usage, judge, spared
from .words import Words

Outcome = Literal["allowed", "held", "postponed", "stopped"]
Effect = Literal["stopped", "held", "capped", "postponed", "spared", "allowed"]


@dataclass(frozen=True, slots=True)
class Line:
    """One rule and what it does to the send."""

    effect: Effect
    rule: str
    words: str
    words_zh: str


def line(effect: Effect, rule: str, said: Words) -> Line:
    """A line in both languages."""
    return Line(effect, rule, said.en, said.zh)


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
    lines = [line("stopped", stop.rule, words.stopped(stop)) for stop in judged.stops]
    lines += [line("held", need.rule, words.held(need)) for need in judged.needs]
    lines += [line("capped", cap.rule, words.capped(cap)) for cap in judged.residents]
    said = words.spared(", ".join(sorted(case.templates)))
    lines += [line("spared", rule, said) for rule in spared(policy.rules, case, usage)]
    starts_at = at if case.priority.any_hour else policy.hours.next(case.purpose, at)
    if starts_at > at:
        rule = policy.hours.why(case.purpose, at)
        lines.append(line("postponed", rule, words.postponed(rfc3339(starts_at))))
    if judged.stops:
        return Explanation("stopped", tuple(lines), None)
    if judged.needs:
        return Explanation("held", tuple(lines), None)
    if starts_at > at:
        return Explanation("postponed", tuple(lines), starts_at)
    lines.append(line("allowed", "", words.ALLOWED))
    return Explanation("allowed", tuple(lines), starts_at)
