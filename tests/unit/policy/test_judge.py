"""Judging: no order of rules, and no rule more, makes anything looser."""

from __future__ import annotations

import random
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.policy.rules import Case, Judgement, Numbers, Rule, explain, in_force, judge
from estate_sms.policy.rules.builtin import Floor
from estate_sms.policy.rules.who import names
from estate_sms.queue.priorities import PURPOSES, Priority, PriorityName, Purpose
from estate_sms.store.clock import from_datetime

WHO = ["role:submitter", "role:approver", "person:李经理", "key:billing", "system", "cli"]
selectors = st.lists(st.sampled_from(WHO), max_size=2).map(tuple)
# Most rules concern most sends: rules that never meet prove nothing about their order.
whom = st.sampled_from([(), ("role:submitter",), ("system", "cli")])
purposes: st.SearchStrategy[tuple[Purpose, ...]] = st.sampled_from(
    [(), ("service",), ("commercial", "activity"), ("emergency",)]
)
priorities: st.SearchStrategy[tuple[PriorityName, ...]] = st.sampled_from(
    [(), ("urgent",), ("normal", "bulk")]
)
small = st.sampled_from([None, None, 1, 3, 6])


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    approvals = draw(st.sampled_from([None, 1, 2, 3]))
    narrow = draw(st.sampled_from([False, False, False, True]))
    return Rule(
        name=draw(st.text("abcdef", min_size=1, max_size=3)),
        for_=draw(whom) if narrow else (),
        except_=draw(st.sampled_from([(), ("person:李经理",)])) if narrow else (),
        purposes=draw(purposes) if narrow else (),
        priorities=draw(priorities) if narrow else (),
        except_templates=draw(st.sampled_from([(), ("water",)])),
        deny=draw(st.sampled_from([False, False, False, True])),
        only_purposes=draw(st.sampled_from([(), (), ("service", "emergency")])),
        max_recipients=draw(small),
        per_sender=draw(small),
        per_resident=draw(small),
        approvals=approvals,
        above=draw(st.integers(0, 5)) if approvals else 0,
        approvers=draw(st.sampled_from([(), ("role:approver",)])) if approvals else (),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    purpose = draw(st.sampled_from(PURPOSES))
    levels = list(Priority) if purpose == "emergency" else list(Priority)[1:]
    return Case(
        sender=frozenset(draw(selectors)),
        purpose=purpose,
        priority=draw(st.sampled_from(levels)),
        recipients=draw(st.integers(1, 6)),
        templates=draw(st.sampled_from([frozenset[str](), frozenset({"water"})])),
    )


usages = st.builds(Numbers, st.integers(0, 6), st.integers(0, 6))


def _at_least(stricter: Judgement, looser: Judgement) -> bool:
    return (
        set(stricter.stops) >= set(looser.stops)
        and set(stricter.needs) >= set(looser.needs)
        and set(stricter.residents) >= set(looser.residents)
        and stricter.approvals >= looser.approvals
    )


@settings(max_examples=200)
@given(st.lists(rules(), max_size=6), cases(), usages, st.randoms(use_true_random=False))
def test_no_order_makes_a_difference(
    given_rules: list[Rule], case: Case, usage: Numbers, chance: random.Random
) -> None:
    other = list(given_rules)
    chance.shuffle(other)
    assert judge(given_rules, case, usage) == judge(other, case, usage)


@settings(max_examples=200)
@given(st.lists(rules(), max_size=5), rules(), st.integers(0, 5), cases(), usages)
def test_one_rule_more_is_never_looser(
    given_rules: list[Rule], more: Rule, place: int, case: Case, usage: Numbers
) -> None:
    before = judge(given_rules, case, usage)
    place = min(place, len(given_rules))
    after = judge([*given_rules[:place], more, *given_rules[place:]], case, usage)
    assert _at_least(after, before)


@settings(max_examples=200)
@given(st.lists(rules(), min_size=1, max_size=5), st.data(), cases(), usages)
def test_a_stricter_rule_in_any_place_is_never_looser(
    given_rules: list[Rule], data: st.DataObject, case: Case, usage: Numbers
) -> None:
    """Tighten one rule, shuffle all: nothing that was stopped or held passes."""
    i = data.draw(st.integers(0, len(given_rules) - 1))
    rule = given_rules[i]
    tighter = msgspec.structs.replace(
        rule,
        except_=(),
        except_templates=(),
        max_recipients=1 if rule.max_recipients is None else max(1, rule.max_recipients - 1),
        per_sender=None if rule.per_sender is None else max(1, rule.per_sender - 1),
        approvals=None if rule.approvals is None else min(3, rule.approvals + 1),
        above=max(0, rule.above - 1),
    )
    order = data.draw(st.permutations([*given_rules[:i], tighter, *given_rules[i + 1 :]]))
    before, after = judge(given_rules, case, usage), judge(order, case, usage)
    assert bool(after.stops) >= bool(before.stops)
    assert after.approvals >= before.approvals
    assert {n.rule for n in after.needs} >= {n.rule for n in before.needs}


@settings(max_examples=200)
@given(st.lists(rules(), max_size=6), usages)
def test_an_emergency_is_touched_only_by_rules_that_name_it(
    given_rules: list[Rule], usage: Numbers
) -> None:
    case = Case(
        sender=frozenset(WHO), purpose="emergency", priority=Priority.EMERGENCY, recipients=5
    )
    judged = judge(given_rules, case, usage)
    assert judged.needs == ()
    assert judged.residents == ()
    named = {rule.name for rule in given_rules if "emergency" in rule.purposes}
    assert {stop.rule for stop in judged.stops} <= named


def test_the_floor_stays_under_every_file() -> None:
    text = 'version = "1"\n[[rule]]\nname = "loose"\napprovals = 1\nabove = 1000'
    case = Case(sender=frozenset(), purpose="service", priority=Priority.NORMAL, recipients=21)
    judged = judge(in_force(text, Floor(approval_above=20)).rules, case, Numbers(21))
    assert [need.rule for need in judged.needs] == ["approval_above"]


def test_who_a_sender_is() -> None:
    assert names(actor="cli") == {"cli"}
    assert names(key="k1", key_name="billing", actor="key:k1", roles=["api_client"]) == {
        "key:k1",
        "key:billing",
        "system",
        "role:api_client",
    }
    person = names(key="k2", person="p1", person_name="李经理", roles=["submitter"], actor="key:k2")
    assert person == {"key:k2", "person:p1", "person:李经理", "role:submitter"}


POLICY = """
version = "1"
[[hours]]
purposes = ["activity"]
open = ["10:00-12:00"]
[[rule]]
name = "no ads"
purposes = ["commercial"]
deny = true
say = "we send none"
[[rule]]
name = "two"
purposes = ["activity"]
above = 50
approvals = 2
approvers = ["role:approver"]
"""
NOON = from_datetime(datetime(2026, 3, 2, 12, 30, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.mark.parametrize(
    ("purpose", "count", "outcome", "rule", "words"),
    [
        ("service", 5, "allowed", "", "no rule asks"),
        ("service", 25, "held", "approval_above", "another person must approve above 20"),
        ("activity", 60, "held", "two", "2 other persons of role:approver must approve above 50"),
        ("activity", 5, "postponed", "hours for activity on weekday days", "goes at 2026-03-03"),
        ("commercial", 5, "stopped", "no ads", "not allowed (we send none)"),
    ],
)
def test_explaining(purpose: str, count: int, outcome: str, rule: str, words: str) -> None:
    policy = in_force(POLICY, Floor())
    case = Case(
        sender=frozenset(),
        purpose=purpose,  # type: ignore[arg-type]  # one of PURPOSES
        priority=Priority.NORMAL,
        recipients=count,
    )
    found = explain(policy, case, Numbers(count), NOON)
    assert found.outcome == outcome
    line = next(line for line in found.lines if line.rule == rule)
    assert words in line.words
