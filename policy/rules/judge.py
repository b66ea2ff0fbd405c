"""What the rules ask of one send. Pure.

Every rule only restricts, and what several ask is asked together: no order of rules, and no rule
more, makes anything looser.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from ...queue.priorities import Priority, Purpose
from .model import Rule
from .who import concerns

UNCOUNTED: frozenset[Purpose] = frozenset({"emergency", "statutory"})
"""Purposes that no cap of a resident's messages counts or touches."""

StopKind = Literal["deny", "purpose", "priority", "recipients", "sender"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A send as the rules see it."""

    sender: frozenset[str]
    """Every selector that the sender answers to (:func:`~.who.names`)."""
    purpose: Purpose
    priority: Priority
    recipients: int
    """Distinct ones of this send."""
    templates: frozenset[str] = frozenset()
    """Of the policy, that the text is."""


class Usage(Protocol):
    """What the sender did in the last 24 hours; asked only when a rule needs to know."""

    def unapproved(self, above: int, templates: Sequence[str]) -> int:
        """Distinct recipients whom no second person approved, this send included and what was sent
        from ``templates`` left out: more than ``above`` only where they are, never fewer."""
        ...

    def sent(self, purposes: Sequence[Purpose]) -> int:
        """Messages submitted, this send not included; empty: of all purposes."""
        ...


@dataclass(frozen=True, slots=True)
class Numbers:
    """A :class:`Usage` of given numbers, for explaining."""

    unapproved_people: int
    sent_messages: int = 0

    def unapproved(self, above: int, templates: Sequence[str]) -> int:
        """As given."""
        return self.unapproved_people

    def sent(self, purposes: Sequence[Purpose]) -> int:
        """As given."""
        return self.sent_messages


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """A rule that wants leave: so many distinct persons of ``approvers`` (empty: anyone)."""

    rule: str
    approvals: int
    approvers: tuple[str, ...]
    above: int


@dataclass(frozen=True, slots=True, order=True)
class Stop:
    """A rule that lets nothing through."""

    rule: str
    kind: StopKind
    limit: int
    found: int
    say: str
    allowed: str = ""


@dataclass(frozen=True, slots=True, order=True)
class ResidentCap:
    """A rule that keeps one resident from getting too much."""

    rule: str
    limit: int
    purposes: tuple[Purpose, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything that the rules ask; each list in the order of the rules' names."""

    stops: tuple[Stop, ...]
    needs: tuple[Need, ...]
    residents: tuple[ResidentCap, ...]

    @property
    def approvals(self) -> int:
        """Distinct persons that have to give leave at least; 0: none."""
        return max((need.approvals for need in self.needs), default=0)


def judge(rules: Iterable[Rule], case: Case, usage: Usage) -> Judgement:
    """What ``rules`` ask of ``case``."""
    applying = [rule for rule in rules if applies(rule, case)]
    stops = [stop for rule in applying for stop in _stops(rule, case, usage)]
    if case.priority is Priority.EMERGENCY:
        return Judgement(tuple(sorted(stops)), (), ())
    needs = [
        Need(rule.name, rule.approvals, tuple(sorted(rule.approvers)), rule.above)
        for rule in applying
        if rule.approvals is not None and _is_above(rule, case, usage)
    ]
    caps = [
        ResidentCap(rule.name, rule.per_resident, tuple(sorted(rule.purposes)))
        for rule in applying
        if rule.per_resident is not None and case.purpose not in UNCOUNTED
    ]
    return Judgement(tuple(sorted(stops)), tuple(sorted(needs)), tuple(sorted(caps)))


def spared(rules: Iterable[Rule], case: Case, usage: Usage) -> list[str]:
    """Names of rules that would have asked something, were the text no template."""
    if not case.templates:
        return []
    mine, bare = list(rules), replace(case, templates=frozenset())
    return sorted(_asking(judge(mine, bare, usage)) - _asking(judge(mine, case, usage)))


def _asking(judged: Judgement) -> set[str]:
    found = {stop.rule for stop in judged.stops} | {need.rule for need in judged.needs}
    return found | {cap.rule for cap in judged.residents}


def applies(rule: Rule, case: Case) -> bool:
    """Whether ``rule`` concerns ``case``."""
    if rule.purposes and case.purpose not in rule.purposes:
        return False
    if case.priority is Priority.EMERGENCY and "emergency" not in rule.purposes:
        return False  # a life is not lost to a rule that was made for something else
    if rule.priorities and case.priority.label not in rule.priorities:
        return False
    if not case.templates.isdisjoint(rule.except_templates):
        return False
    return concerns(case.sender, rule.for_, rule.except_)


def _is_above(rule: Rule, case: Case, usage: Usage) -> bool:
    if rule.above == 0 or case.recipients > rule.above:
        return True
    return usage.unapproved(rule.above, rule.except_templates) > rule.above


def _stops(rule: Rule, case: Case, usage: Usage) -> list[Stop]:
    found: list[Stop] = []
    if rule.deny:
        found.append(Stop(rule.name, "deny", 0, 0, rule.say))
    if rule.only_purposes and case.purpose not in rule.only_purposes:
        allowed = ", ".join(rule.only_purposes)
        found.append(Stop(rule.name, "purpose", 0, 0, rule.say, allowed))
    if rule.only_priorities and case.priority.label not in rule.only_priorities:
        allowed = ", ".join(rule.only_priorities)
        found.append(Stop(rule.name, "priority", 0, 0, rule.say, allowed))
    if rule.max_recipients is not None and case.recipients > rule.max_recipients:
        counts = (rule.max_recipients, case.recipients)
        found.append(Stop(rule.name, "recipients", *counts, rule.say))
    if rule.per_sender is not None and case.priority is not Priority.EMERGENCY:
        counted = usage.sent(rule.purposes) + case.recipients
        if counted > rule.per_sender:
            found.append(Stop(rule.name, "sender", rule.per_sender, counted, rule.say))
    return found
