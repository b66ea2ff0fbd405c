"""What changed between two policies, in lines that a person can approve. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from .model import Policy, Rule, Template


def differences(old: Policy, new: Policy) -> list[str]:
    """``+`` new, ``-`` gone, ``~`` changed; empty when they ask the same."""
    before, after = _flat(old), _flat(new)
    found: list[str] = []
    for key in [*before, *(key for key in after if key not in before)]:
        if key not in after:
            found.append(f"- {key}: {_shown(before[key])}")
        elif key not in before:
            found.append(f"+ {key}: {_shown(after[key])}")
        elif before[key] != after[key]:
            found.append(f"~ {key}: {_shown(before[key])} → {_shown(after[key])}")
    return found


def _flat(policy: Policy) -> dict[str, Any]:
    whole = msgspec.to_builtins(policy)
    found: dict[str, Any] = {"version": whole["version"]}
    for section in ("calendar", "approval", "emergency"):
        for key, value in whole[section].items():
            # Dates may be written in any order; what matters is which.
            found[f"{section}.{key}"] = sorted(map(str, value)) if section == "calendar" else value
    found |= dict(_rows(policy))
    return found


def _rows(policy: Policy) -> Iterator[tuple[str, Any]]:
    """Hours, rules and templates by what they are, not by where they stand."""
    hours = sorted(str(msgspec.to_builtins(row)) for row in policy.hours)
    yield "hours", hours
    for rule in policy.rule:
        yield f"rule {rule.name!r}", _asked(rule)
    for template in policy.template:
        yield f"template {template.name!r}", _asked(template)


def _asked(row: Rule | Template) -> dict[str, Any]:
    """What stands in a row beside its name, where it is not the default."""
    default = {f.encode_name: f.default for f in msgspec.structs.fields(type(row))}
    found: dict[str, Any] = msgspec.to_builtins(row)
    return {k: v for k, v in found.items() if k != "name" and v not in (default.get(k), {})}


def _shown(value: Any) -> str:  # noqa: ANN401 - any TOML
    if isinstance(value, dict):
        items: list[str] = [f"{k} = {_shown(v)}" for k, v in value.items()]  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
        return ", ".join(items)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(str, value)) + "]"  # pyright: ignore[reportUnknownArgumentType]
    return str(value)
