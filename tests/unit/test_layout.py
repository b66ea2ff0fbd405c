"""The repository root is the import package: the rules that keep that safe."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# area -> areas it may import
ALLOWED: dict[str, set[str]] = {
    "store": set(),
    "modem": set(),
    "audit": {"store"},
    "queue": {"store"},
    "policy": {"store", "queue"},
    "estate": {"store", "queue", "policy"},
    "api": {"store", "audit", "queue", "policy", "estate"},
    "gateway": {"store", "modem", "audit", "queue", "policy", "estate", "api"},
}


def _sources(area: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / area).rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path, tree: ast.Module) -> Iterator[tuple[int, str, list[str]]]:
    """Line, target module below the package root, and names, of imports that leave the area."""
    depth = len(path.relative_to(ROOT).parts) - 1  # dots that still stay inside the area
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level > depth:
            names = [alias.name for alias in node.names]
            for module in [node.module] if node.module else names:
                yield node.lineno, module, names


def test_areas_have_no_init() -> None:
    """A ``queue/__init__.py`` would shadow the standard library's ``queue``."""
    assert [a for a in (".", *ALLOWED) if (ROOT / a / "__init__.py").exists()] == []


def test_link_for_type_checkers() -> None:
    assert (ROOT / ".typing" / "estate_sms").readlink() == Path("..")


def test_every_package_is_listed() -> None:
    """An unlisted nested package is silently missing from the wheel."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        listed = tomllib.load(file)["tool"]["setuptools"]["packages"]
    present = {
        ".".join(("estate_sms", *path.parent.relative_to(ROOT).parts))
        for area in ALLOWED
        for path in (ROOT / area).rglob("*.py")
    }
    assert set(listed) == present


def test_nested_packages_are_regular() -> None:
    """``importlib.resources`` cannot read a namespace package of an editable install."""
    nested = {
        path.parent
        for area in ALLOWED
        for path in (ROOT / area).rglob("*.py")
        if path.parent != ROOT / area
    }
    assert [str(folder) for folder in nested if not (folder / "__init__.py").exists()] == []


def test_imports_go_downwards() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} -> {module}"
        for area, allowed in ALLOWED.items()
        for path, tree in _sources(area)
        for line, module, _ in _imports(path, tree)
        if module.partition(".")[0] not in allowed | {area}
    ]
    assert wrong == []


def test_only_the_desk_opens_the_door_into_the_queue() -> None:
    """``intake.accept`` and ``release.release`` are called by ``policy/desk.py`` and the queue alone."""
    doors = {"queue.intake": "accept", "queue.release": "release"}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} -> {module}"
        for area in ALLOWED.keys() - {"queue"}
        for path, tree in _sources(area)
        if path.relative_to(ROOT) != Path("policy/desk.py")
        for line, module, names in _imports(path, tree)
        if (module in doors and doors[module] in names)
        or (module == "queue" and {"intake", "release"} & set(names))
    ]
    assert wrong == []


def test_modem_area_names_no_store() -> None:
    """The modem room reports through callbacks and keeps nothing."""
    wrong = [str(path) for path, _ in _sources("modem") if "sqlite3" in path.read_text("utf-8")]
    assert wrong == []
