"""Who asks: a key of a system, a key of a person, or the technician at the machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from .errors import PolicyError

Scope = Literal[
    "messages:send",
    "messages:read",
    "messages:emergency",
    "recall",
    "approve",
    "filter",
    "inbox",
    "audit",
    "admin",
]
"""What a key may do. ``admin`` stands for all of them but ``approve``."""

SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An authenticated caller, as every verb of the desk wants one."""

    actor: str
    """``key:PUBLIC_ID`` or ``cli``: what stands in audit events and in ``batch.submitter``."""
    key_id: int | None = None
    """``api_key.id``; ``None`` for the CLI."""
    person_id: int | None = None
    """``person.id`` of the key's owner; ``None`` for systems and the CLI, which never approve."""
    person: str = ""
    """The owner's public id, empty without one."""
    name: str = field(default="", repr=False)
    """The key's name, for lists and the console."""
    scopes: frozenset[str] = frozenset()

    def may(self, scope: Scope) -> bool:
        """Whether the caller has ``scope``, by itself or through ``admin``."""
        if scope == "approve":
            return scope in self.scopes and self.person_id is not None
        return scope in self.scopes or "admin" in self.scopes

    def require(self, scope: Scope) -> None:
        """Raise ``missing_scope`` (403) unless the caller has ``scope``."""
        if scope == "approve" and scope in self.scopes and self.person_id is None:
            raise PolicyError("not_a_person")
        if not self.may(scope):
            raise PolicyError("missing_scope", scope=scope)


CLI = Caller(actor="cli", name="cli", scopes=frozenset(SCOPES) - {"approve"})
"""The technician at the machine: everything but approving."""
