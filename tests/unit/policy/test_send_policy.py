"""The send policy's file: what is read, what is refused and in which words."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate_sms.policy.errors import PolicyError
from estate_sms.policy.rules import MAX_BYTES, builtin, differences, in_force, parse
from estate_sms.policy.rules.builtin import Floor

WHOLE = """
version = "2026-11"

[calendar]
holidays = ["2026-10-01/2026-10-07", 2026-01-01]
workdays = ["2026-10-10"]
exam_days = ["2026-06-07/2026-06-09"]

[approval]
expires_hours = 48

[emergency]
reason_required = true
max_recipients_per_hour = 2000
countersign_hours = 12

[[hours]]
purposes = ["activity"]
days = ["weekday"]
open = ["09:00-12:00", "14:00-20:00"]

[[rule]]
name = "large calls"
purposes = ["service", "activity"]
above = 300
approvals = 2
approvers = ["person:王主任", "role:approver"]

[[rule]]
name = "billing"
for = ["key:billing"]
except = ["person:李经理"]
only_purposes = ["service"]
max_recipients = 100
"""


def _refused(text: str) -> str:
    with pytest.raises(PolicyError, match="policy_invalid") as caught:
        parse(text, "p.toml")
    assert caught.value.extra["file"] == "p.toml"
    assert "p.toml" in caught.value.message
    return str(caught.value.extra["what"])


def test_the_whole_file() -> None:
    policy = parse(WHOLE)
    assert (policy.version, policy.approval.expires_hours) == ("2026-11", 48)
    assert policy.emergency.reason_required
    large, billing = policy.rule
    assert (large.approvals, large.above, large.approvers[0]) == (2, 300, "person:王主任")
    assert (billing.for_, billing.except_) == (("key:billing",), ("person:李经理",))


def test_the_hash_is_that_of_the_file() -> None:
    found = in_force(WHOLE, Floor())
    assert found.hash == hashlib.sha256(WHOLE.encode()).hexdigest()
    assert [rule.name for rule in found.rules] == ["large calls", "billing", "approval_above"]
    assert builtin(Floor()).hash != builtin(Floor(approval_above=5)).hash


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("# nothing", "empty"),
        ("version = ", "not TOML"),
        ('versoin = "1"', "nearest is version"),
        ('version = "1"\n[aproval]', "nearest is approval"),
        ('version = "1"\n[approval]\nexpire_hours = 1', "nearest is expires_hours"),
        ('version = "1"\n[[rule]]\nname = "a"\napprovers_ = 1', "nearest is approvers"),
        ("version = 1", "version"),
        ('version = ""', "version has"),
        ('version = "1"\nrule = 3', "rule"),
        ('version = "1"\nrule = ["x"]', "rule[0]"),
        ('version = "1"\n[[rule]]\nname = "a"\napprovals = 4', "rule[0].approvals"),
        ('version = "1"\n[[rule]]\nname = "a"\napprovals = 0', "rule[0].approvals"),
        ('version = "1"\n[[rule]]\nname = "a"\napprovals = true', "rule[0].approvals"),
        ('version = "1"\n[[rule]]\nname = "a"\nmax_recipients = -1', "rule[0].max_recipients"),
        ('version = "1"\n[[rule]]\nname = "a"', "asks nothing"),
        ('version = "1"\n[[rule]]\nname = "a"\nabove = 3\ndeny = true', "go with approvals"),
        ('version = "1"\n[[rule]]\nname = "a"\ndeny = true\nfor = ["role:aprover"]', "approver"),
        ('version = "1"\n[[rule]]\nname = "a"\ndeny = true\nfor = ["everyone"]', "names nobody"),
        ('version = "1"\n[[rule]]\nname = "a"\ndeny = true\nfor = ["person: "]', "lacks a name"),
        ('version = "1"\n[[rule]]\nname = "a"\napprovals = 1\napprovers = ["cli"]', "persons"),
        ('version = "1"\n[[rule]]\nname = "approval_above"\ndeny = true', "configuration"),
        ('version = "1"\n[[rule]]\nname = "a"\ndeny = true\n' * 1
         + '[[rule]]\nname = "a"\ndeny = true', "two rules are called 'a'"),
        ('version = "1"\n[[rule]]\nname = "a"\ndeny = true\npurposes = ["ads"]', "rule[0].purposes"),
        ('version = "1"\n[[hours]]\npurposes = ["emergency"]\nopen = []', "emergenc"),
        ('version = "1"\n[[hours]]\npurposes = ["service"]\nopen = ["9-12"]', "09:00-12:00"),
        ('version = "1"\n[[hours]]\npurposes = ["service"]\nopen = ["12:00-09:00"]', "before it begins"),
        ('version = "1"\n[[hours]]\npurposes = ["service"]\nopen = ["25:00-26:00"]', "no span"),
        ('version = "1"\n[calendar]\nholidays = ["2026-02-30"]', "holidays"),
        ('version = "1"\n[calendar]\nholidays = ["2026-10-07/2026-10-01"]', "runs backwards"),
        ('version = "1"\n[calendar]\nholidays = ["2026-01-01/2028-01-01"]', "longer than a year"),
        ('version = "1"\n[calendar]\nholidays = [3]', "no date"),
        ('version = "1"\n[calendar]\nholidays = [2026-10-01T00:00:00]', "no date"),
        ('version = "1"\n[calendar]\nholidays = ["2026-10-10"]\nworkdays = [2026-10-10]', "both"),
        ('version = "1"\nx = ' + "[" * 5000, "nested too deeply"),
        ('version = "1"\nx = ' + "9" * 5000, "not TOML"),
        ('version = "1"\n#' + "x" * MAX_BYTES, "larger"),
        ('version = "1\x00"', "not TOML"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, words: str) -> None:
    assert words in _refused(text)


def test_bounds_of_lists() -> None:
    rules = "".join(f'[[rule]]\nname = "{i}"\ndeny = true\n' for i in range(201))
    assert "more than 200 rules" in _refused('version = "1"\n' + rules)
    spans = ", ".join(f'"{year}-01-01/{year}-12-31"' for year in range(2000, 2020))
    assert "more than 4000 days" in _refused(f'version = "1"\n[calendar]\nholidays = [{spans}]')


def test_hours_that_leave_nothing_open() -> None:
    text = 'version = "1"\n[[hours]]\npurposes = ["activity"]\nopen = ["21:30-22:00"]'
    with pytest.raises(PolicyError, match="policy_invalid") as caught:
        in_force(text, Floor())
    assert "activity could never be sent" in str(caught.value.extra["what"])
    in_force(text, Floor(quiet_hours=""))


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "\x00"])
def test_a_zone_that_is_none(zone: str) -> None:
    with pytest.raises(PolicyError, match="setting_invalid"):
        in_force(WHOLE, Floor(timezone=zone))


@settings(max_examples=200)
@given(
    st.one_of(
        st.text(max_size=300),
        st.text(alphabet="[]{}=\"\n.#'\\-:0123456789abcversionrulehou", max_size=300),
    )
)
def test_only_one_kind_of_error(text: str) -> None:
    try:
        parse(text)
    except PolicyError as error:
        assert error.code == "policy_invalid"  # noqa: PT017 - most texts are refused, not all


LINES = [line for line in WHOLE.splitlines() if " = " in line]


@settings(max_examples=150)
@given(st.sampled_from(LINES), st.sampled_from(["{ a = 1 }", "[[1]]", "1.5", "-7", '"x"', "nan"]))
def test_any_wrong_value_is_refused(line: str, wrong: str) -> None:
    """Every key of the whole file, given something else."""
    key = line.split(" = ")[0]
    if wrong == '"x"' and key in {"version", "name"}:
        return
    assert _refused(WHOLE.replace(line, f"{key} = {wrong}", 1))


class TestDifferences:
    """What a person has to look at before approving."""

    def test_the_same(self) -> None:
        policy = parse(WHOLE)
        again = msgspec.structs.replace(policy, rule=policy.rule[::-1])
        assert differences(policy, policy) == []
        assert differences(policy, again) == [], "the order of rules changes nothing"

    def test_each_kind(self) -> None:
        text = WHOLE.replace("approvals = 2", "approvals = 3").replace(
            'name = "billing"', 'name = "b"'
        )
        found = differences(parse(WHOLE), parse(text.replace('"2026-11"', '"2026-12"')))
        assert [line[0] for line in found] == ["~", "~", "-", "+"]
        assert found[0] == "~ version: 2026-11 → 2026-12"
        assert "approvals = 2" in found[1]
        assert "approvals = 3" in found[1]


def test_the_example_of_the_manual() -> None:
    manual = Path(__file__).resolve().parents[3] / "docs" / "reference" / "send-policy.md"
    _, example, _ = re.split(r"```(?:toml)?\n", manual.read_text(encoding="utf-8"), maxsplit=2)
    found = in_force(example, Floor())
    named = {rule.name for rule in found.policy.rule}
    assert named == {"large calls", "advertising", "a calm estate", "billing system"}
