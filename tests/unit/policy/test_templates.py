"""Which texts count as a template: fixed words, bounded gaps, and nothing else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.policy.errors import PolicyError
from estate_sms.policy.rules import Case, Numbers, differences, explain, in_force, parse
from estate_sms.policy.rules.builtin import Floor
from estate_sms.policy.rules.model import Slot, Template
from estate_sms.policy.rules.templates import Form, form
from estate_sms.queue.priorities import Priority

WATER = Template(
    name="停水",
    text="尊敬的业主，{where}将于{day}{{{hours}}}停水，请提前储水。",
    purposes=("service",),
    slots={"day": Slot(kind="date"), "hours": Slot(kind="time", max=11)},
)
GOOD = "尊敬的业主，3号楼将于6月4日{9:00-17:00}停水，请提前储水。"


@pytest.fixture(scope="module")
def water() -> Form:
    return form(WATER)


def test_a_text_of_the_template(water: Form) -> None:
    assert water.matches(GOOD)


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD + " ",
        " " + GOOD,
        GOOD.replace("储水", "转账"),
        GOOD.replace("3号楼", ""),  # a gap is never empty
        GOOD.replace("3号楼", "3号楼以及2号楼以及1号楼和物业"),  # too long
        GOOD.replace("3号楼", "拨13800138000"),  # a phone number
        GOOD.replace("3号楼", "ａ．ｃｏ/x"),  # an address
        GOOD.replace("3号楼", "evil.com"),
        GOOD.replace("3号楼", "3\n号楼"),
        GOOD.replace("3号楼", "3\u202e号楼"),
        GOOD.replace("6月4日", "明天汇款"),
        GOOD.replace("9:00-17:00", "9:00-17:00请转账"),
        GOOD.replace("9:00-17:00", "１:00"),  # other digits than ours
    ],
)
def test_what_is_none(water: Form, text: str) -> None:
    assert not water.matches(text)


@settings(max_examples=200)
@given(
    where=st.text("楼栋门ab三", min_size=1, max_size=12),
    day=st.text("0123456789月日", min_size=1, max_size=12),
    extra=st.text(min_size=1, max_size=3),
    place=st.integers(0, 60),
)
def test_filled_as_it_says_it_matches_and_not_with_more(
    where: str, day: str, extra: str, place: int
) -> None:
    made = form(WATER)
    text = WATER.text.format(where=where, day=day, hours="9:00")
    assert made.matches(text)
    head = "尊敬的业主，"
    # Whatever is put among the fixed words makes it another text.
    broken = text[: place % len(head)] + extra + text[place % len(head) :]
    assert broken == text or not made.matches(broken)


def test_hostile_texts_take_no_longer() -> None:
    """Gaps beside words that they could hold themselves: no backtracking."""
    gaps = "".join(f"{{g{i}}}a" for i in range(8))
    made = form(
        Template(
            name="x", text="aaaaaaaa" + gaps, purposes=("service",),
            slots={f"g{i}": Slot(max=40) for i in range(8)},
        )
    )  # fmt: skip
    begun = time.process_time()
    for _ in range(20):
        assert not made.matches("a" * 330 + "!")
    assert time.process_time() - begun < 20, "exponential would never end"


def test_length_is_bounded() -> None:
    assert not form(WATER).matches("尊" * 100_000)


def _policy(template: str, rule: str = "") -> str:
    return f'version = "1"\n{rule}\n[[template]]\nname = "t"\npurposes = ["service"]\n{template}'


@pytest.mark.parametrize(
    ("template", "what"),
    [
        ('text = "停水 {a}{b} 请提前储水请提前"', "two gaps touch"),
        ('text = "{a}"', "fewer than 8 characters are fixed"),
        ('text = "请提前储水请提前 {a!r}"', "write a gap as {name}"),
        ('text = "请提前储水请提前 {a:9}"', "write a gap as {name}"),
        ('text = "请提前储水请提前 {a.b}"', "small letters"),
        ('text = "请提前储水请提前 {"', "write a gap as {name}"),
        ('text = "请提前储水请提前 {a} x {a}"', "a name of its own"),
        ('text = "请提前储水请提前"\nslots = {b = {max = 3}}', "no gap is called 'b'"),
        ('text = "请提前储水请提前 {a}"\nslots = {a = {max = 41}}', "<= 40"),
        ('text = "请提前储水请提前 {a}"\nslots = {a = {kind = "regex"}}', "Invalid enum value"),
        ('txet = "请提前储水请提前"', "the nearest is text"),
        (f'text = "{"请" * 501}"', "more than 500 characters"),
    ],
)
def test_mistakes_are_named(template: str, what: str) -> None:
    with pytest.raises(PolicyError, match="policy_invalid") as caught:
        parse(_policy(template))
    assert what in str(caught.value.extra["what"])


def test_a_rule_names_templates_that_are_there() -> None:
    rule = '[[rule]]\nname = "r"\napprovals = 2\nexcept_templates = ["tt"]'
    with pytest.raises(PolicyError, match="policy_invalid") as caught:
        parse(_policy('text = "请提前储水请提前 {a}"', rule))
    assert "the nearest is 't'" in str(caught.value.extra["what"])


def test_they_count_once_two_persons_let_them() -> None:
    text = _policy('text = "请提前储水请提前 {a}"')
    case = Case(
        sender=frozenset(), purpose="service", priority=Priority.URGENT, recipients=50,
        templates=frozenset({"t"}),
    )  # fmt: skip
    alone, granted = in_force(text, Floor()), in_force(text, Floor(), granted=True)
    assert alone.forms_of("请提前储水请提前 3楼", "service") == []
    assert [t.name for t in granted.forms_of("请提前储水请提前 3楼", "service")] == ["t"]
    assert granted.forms_of("请提前储水请提前 3楼", "commercial") == []
    assert explain(alone, case, Numbers(50), 0).outcome == "held"
    told = explain(granted, case, Numbers(50), 0)
    assert told.outcome == "allowed"
    (line,) = [line for line in told.lines if line.effect == "spared"]
    assert (line.rule, "template t" in line.words, "模板 t" in line.words_zh) == (
        "approval_above", True, True,
    )  # fmt: skip
    assert any("template 't'" in line for line in differences(parse('version = "1"'), alone.policy))
