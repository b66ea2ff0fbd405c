"""Whom a rule concerns: selectors, and the selectors that a sender answers to. Pure."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection

from ..roles import ROLES

BARE = ("system", "cli")
_KINDS = ("person", "key", "role")


def problem(selector: str) -> str:
    """What is wrong with a selector, in words; empty when nothing is."""
    kind, colon, name = selector.partition(":")
    if not colon:
        if selector in BARE:
            return ""
        known = [*BARE, *(f"role:{role}" for role in ROLES)]
        return f"{selector!r} names nobody; {_near(selector, known) or _forms()}"
    if kind not in _KINDS:
        return f"{selector!r} names nobody; {_near(kind, _KINDS) or _forms()}"
    if kind == "role" and name not in ROLES:
        near = _near(name, list(ROLES))
        return f"there is no role {name!r}; {near or 'roles are ' + ', '.join(ROLES)}"
    if not name.strip():
        return f"{selector!r} lacks a name"
    return ""


def normal(selector: str) -> str:
    """A selector as it is compared."""
    return unicodedata.normalize("NFC", selector).strip()


def concerns(sender: Collection[str], chosen: Collection[str], spared: Collection[str]) -> bool:
    """Whether a sender is among ``chosen`` (empty: everyone) and not among ``spared``."""
    return (not chosen or any(normal(s) in sender for s in chosen)) and not any(
        normal(s) in sender for s in spared
    )


def names(
    *, key: str = "", key_name: str = "", person: str = "", person_name: str = "",
    roles: Collection[str] = (), actor: str = "",
) -> frozenset[str]:  # fmt: skip
    """Every selector that a sender answers to."""
    found = {f"role:{role}" for role in roles}
    found |= {f"key:{name}" for name in (key, key_name) if name}
    found |= {f"person:{name}" for name in (person, person_name) if name}
    if actor == "cli":
        found.add("cli")
    elif not person:
        found.add("system")
    return frozenset(map(normal, found))


def _near(given: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(given, list(known), 1)
    return f"the nearest is {close[0]}" if close else ""


def _forms() -> str:
    return "write role:…, person:…, key:…, system or cli"
