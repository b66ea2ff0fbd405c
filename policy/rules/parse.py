"""From a file's text to a checked policy. Every error names the place, and the nearest known key."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, cast, get_args

import msgspec

from ..errors import PolicyError
from ..names import is_plain
from .dates import days, span_problem
from .model import DAY_KINDS, Policy, Rule
from .templates import MAX_TEMPLATES
from .templates import problems as template_problems
from .who import normal, problem

MAX_BYTES = 262_144
MAX_RULES = 200
MAX_HOURS = 100
MAX_NAME = 80
MAX_SAY = 300
MAX_LISTED = 200
RESERVED = frozenset({"approval_above", "quiet_hours"})
"""Names of the rules that the configuration makes."""


def parse(text: str, file: str = "send policy") -> Policy:
    """A checked policy. Raises ``policy_invalid`` with ``file`` and ``what``; nothing else."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise _invalid(file, f"it is larger than {MAX_BYTES} octets")
    try:
        raw = tomllib.loads(text)
    except RecursionError:
        raise _invalid(file, "it is nested too deeply") from None
    except ValueError as error:  # TOMLDecodeError, and numbers of thousands of digits
        raise _invalid(file, f"it is not TOML: {error}") from None
    if not raw:
        raise _invalid(file, 'it is empty; the least is: version = "1"')
    for what in _unknown(raw, Policy, ""):
        raise _invalid(file, what)
    try:
        policy = msgspec.convert(raw, Policy)
    except msgspec.ValidationError as error:
        raise _invalid(file, str(error).replace("$.", "").replace("`", "")) from None
    problems = list(_problems(policy))
    if problems:
        raise _invalid(file, "; ".join(problems[:5]))
    return policy


def _invalid(file: str, what: str) -> PolicyError:
    return PolicyError("policy_invalid", file=file, what=what)


def _unknown(raw: Mapping[str, object], kind: type[msgspec.Struct], where: str) -> Iterator[str]:
    fields = {f.encode_name: f for f in msgspec.structs.fields(kind)}
    for key, value in raw.items():
        if key not in fields:
            near = difflib.get_close_matches(key, list(fields), 1)
            hint = f"the nearest is {near[0]}" if near else f"known are {', '.join(fields)}"
            yield f"unknown key {_cut(key)!r}{where}; {hint}"
            continue
        inner = fields[key].type
        inner = next((a for a in get_args(inner) if isinstance(a, type)), inner)
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            tables = cast("list[object]", value) if isinstance(value, list) else [value]
            for table in tables:
                if isinstance(table, dict):
                    yield from _unknown(cast("dict[str, Any]", table), inner, f" in [{key}]")


def _problems(policy: Policy) -> Iterator[str]:
    """What types alone cannot say."""
    if not 0 < len(policy.version) <= 40 or not is_plain(policy.version):
        yield "version has 1 to 40 visible characters"
    yield from days(policy.calendar).problems
    if len(policy.hours) > MAX_HOURS:
        yield f"more than {MAX_HOURS} [[hours]]"
    for row in policy.hours[:MAX_HOURS]:
        if not row.purposes:
            yield "[[hours]] without purposes"
        if "emergency" in row.purposes:
            yield "[[hours]] for emergency: emergencies are sent at any hour"
        if not row.days:
            yield f"[[hours]] without days; they are {', '.join(DAY_KINDS)}"
        yield from filter(None, map(span_problem, row.open[:MAX_LISTED]))
    if len(policy.rule) > MAX_RULES:
        yield f"more than {MAX_RULES} rules"
    seen: set[str] = set()
    for rule in policy.rule[:MAX_RULES]:
        named = normal(rule.name)
        if named in seen:
            yield f"two rules are called {_cut(rule.name)!r}"
        seen.add(named)
        yield from (f"rule {_cut(rule.name)!r}: {what}" for what in _rule(rule))
    yield from _templates(policy)


def _templates(policy: Policy) -> Iterator[str]:
    if len(policy.template) > MAX_TEMPLATES:
        yield f"more than {MAX_TEMPLATES} templates"
    named = [template.name for template in policy.template[:MAX_TEMPLATES]]
    for template in policy.template[:MAX_TEMPLATES]:
        shown = f"template {_cut(template.name)!r}"
        if not 0 < len(template.name.strip()) <= MAX_NAME or not is_plain(template.name):
            yield f"{shown}: a name has 1 to {MAX_NAME} visible characters"
        yield from (f"{shown}: {what}" for what in template_problems(template))
    if len(set(named)) < len(named):
        yield "two templates have one name"
    for rule in policy.rule[:MAX_RULES]:
        for one in rule.except_templates[:MAX_LISTED]:
            if one not in named:
                near = difflib.get_close_matches(one, named, 1)
                hint = f"the nearest is {near[0]!r}" if near else "add a [[template]]"
                yield f"rule {_cut(rule.name)!r}: there is no template {_cut(one)!r}; {hint}"


def _rule(rule: Rule) -> Iterator[str]:
    if not 0 < len(rule.name.strip()) <= MAX_NAME or not is_plain(rule.name):
        yield f"a name has 1 to {MAX_NAME} visible characters"
    if rule.name in RESERVED:
        yield "this name is the configuration's own"
    if len(rule.say) > MAX_SAY or not is_plain(rule.say):
        yield f"say has at most {MAX_SAY} visible characters"
    for who in (rule.for_, rule.except_, rule.approvers):
        if len(who) > MAX_LISTED:
            yield f"more than {MAX_LISTED} names in a list"
        yield from filter(None, (problem(_cut(one)) for one in who[:MAX_LISTED]))
    limits = (rule.max_recipients, rule.per_sender, rule.per_resident)
    asks = (rule.deny, rule.only_purposes, rule.only_priorities, rule.approvals)
    if not any(asks) and all(limit is None for limit in limits):
        yield "it asks nothing: add deny, only_…, max_recipients, per_… or approvals"
    if rule.approvals is None and (rule.above or rule.approvers):
        yield "above and approvers go with approvals"
    if any(not one.startswith(("person:", "key:", "role:")) for one in rule.approvers):
        yield "approvers are persons: systems and the command line never approve"


def _cut(text: str) -> str:
    shown = text if len(text) <= MAX_NAME else text[:MAX_NAME] + "…"
    return shown.encode("utf-8", "replace").decode()
