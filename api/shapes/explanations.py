"""Why a batch was held, postponed or let go, as the API shows it."""

from __future__ import annotations

import msgspec

from ...policy.explaining import BatchExplanation
from ...policy.rules.explain import Effect, Outcome


class ExplanationLine(msgspec.Struct, frozen=True, kw_only=True):
    """One rule and what it did; the words are those of the hold and of the problem document."""

    effect: Effect
    rule: str
    words: str
    words_zh: str


class ExplanationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a batch when it was submitted, by which version of the rules."""

    id: str
    state: str
    """Now."""
    outcome: Outcome
    policy: str
    """SHA-256 of the send policy."""
    version: str | None
    ruleset: str
    """SHA-256 of the word lists."""
    lines: list[ExplanationLine]


def shown(found: BatchExplanation) -> ExplanationAnswer:
    """The answer that shows ``found``."""
    return ExplanationAnswer(
        id=found.id,
        state=found.state,
        outcome=found.outcome,
        policy=found.policy,
        version=found.version,
        ruleset=found.ruleset,
        lines=[
            ExplanationLine(
                effect=one.effect, rule=one.rule, words=one.words, words_zh=one.words_zh
            )
            for one in found.lines
        ],
    )
