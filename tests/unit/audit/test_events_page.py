"""The page of events and the code say the same: whatever can be recorded is on it, and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "reference" / "audit-events.md"
_NAME = re.compile(r"[a-z_]+(?:\.[a-z_{}]+)?")
_DOTTED = re.compile(r"[a-z_]+\.(?:[a-z_]+|\{\})")
_OTHER = re.compile(r".*\.sql|subject\..*").fullmatch
"""Files of statements, and the vault's contexts."""


def on_page() -> set[str]:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    cells = "".join(row.split("|")[2] for row in rows)
    return {re.sub(r"\{\w+\}", "{}", name) for name in re.findall(r"`([^`]+)`", cells)}


def names_in(node: ast.expr) -> Iterator[str]:
    """What an expression may come to; a gap of an f-string as ``{}``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = [p.value if isinstance(p, ast.Constant) else "{}" for p in node.values]
        yield "".join(map(str, parts))
    elif isinstance(node, ast.IfExp):
        yield from names_in(node.body)
        yield from names_in(node.orelse)


def recorded(file: Path) -> Iterator[str]:
    """Actions of the events that a module makes; those that it is handed, by where it hands them on."""
    tree = ast.parse(file.read_text("utf-8"))
    handed = False
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "Event":
            continue
        (action,) = (k.value for k in node.keywords if k.arg == "action")
        found = list(names_in(action))
        handed = handed or not found
        yield from found
    if handed:
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr | ast.Constant):
                yield from (n for n in names_in(node) if _DOTTED.fullmatch(n) and not _OTHER(n))


def in_code() -> set[str]:
    found: set[str] = set()
    for room in ("api", "audit", "estate", "gateway", "policy", "queue", "store"):
        for file in (ROOT / room).rglob("*.py"):
            found |= set(recorded(file))
    for file in (ROOT / "api").rglob("*.py"):  # looks at personal data go through one function
        found |= set(
            re.findall(r'\bnote\(\s*deps,\s*request\.user,\s*"([a-z_]+)"', file.read_text("utf-8"))
        )
    return found


def test_every_event_of_the_code_is_on_the_page_and_no_other() -> None:
    found = in_code()
    assert len(found) > 60
    assert all(_NAME.fullmatch(name) for name in found)
    assert on_page() == found


def test_the_page_names_every_class() -> None:
    from estate_sms.audit.headers import KINDS

    text = PAGE.read_text("utf-8")
    assert {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")} <= KINDS
