"""Roles, and which of them one person never holds together. A role is a set of scopes: what a
person is follows from the active keys the person holds. Pure."""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType
from typing import Literal

from .callers import Scope

Role = Literal[
    "submitter",
    "approver",
    "emergency_operator",
    "privacy_officer",
    "auditor",
    "system_admin",
    "api_client",
]

_OF_SCOPE: dict[Scope, Role] = {
    "messages:send": "submitter",
    "approve": "approver",
    "messages:emergency": "emergency_operator",
    "inbox": "privacy_officer",
    "audit": "auditor",
    "admin": "system_admin",
}
ROLES: tuple[Role, ...] = (*_OF_SCOPE.values(), "api_client")

# What changes anything. filter, inbox and messages:read only look.
_WRITES: tuple[Scope, ...] = ("messages:send", "messages:emergency", "recall", "approve", "admin")

CONFLICTS: frozenset[tuple[Scope, Scope]] = frozenset(
    {("admin", "approve"), *(("audit", scope) for scope in _WRITES)}
)
"""Pairs of scopes that one person never holds at a time, over all active keys. The schema's table
``role_conflict`` says the same, and a test holds them equal. Systems are no persons: a system's key
never approves, and that of this machine may both read the log and send."""

MEANING: MappingProxyType[Role, str] = MappingProxyType(
    {
        "submitter": "writes notices",
        "approver": "gives leave to what others wrote",
        "emergency_operator": "sends emergencies alone; another person countersigns",
        "privacy_officer": "reads what residents write",
        "auditor": "reads and exports the log, and writes nothing",
        "system_admin": "people, keys, settings; never gives leave",
        "api_client": "a key without a person",
    }
)


def roles_of(scopes: Collection[str], *, person: bool) -> frozenset[Role]:
    """What the holder of ``scopes`` is; the key of a system is an ``api_client`` too."""
    found: set[Role] = {role for scope, role in _OF_SCOPE.items() if scope in scopes}
    if not person:
        found.add("api_client")
    return frozenset(found)


def conflict(scopes: Collection[str]) -> tuple[Scope, Scope] | None:
    """The first pair of ``scopes`` that excludes each other."""
    return next((p for p in sorted(CONFLICTS) if p[0] in scopes and p[1] in scopes), None)
