"""One proposes, another decides: what changes of the send policy, the word list and keys share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from ..store.unit import UnitOfWork
from .approvals import require_person
from .callers import Caller, Scope
from .errors import PolicyError
from .leave import require_approver_before, require_one_role


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What lists show of every proposal; times in microseconds since 1970 UTC."""

    id: str
    state: str
    proposed_by: str
    proposed_at: int
    decided_by: str | None
    """The person's public id."""
    decided_at: int | None
    reason: str | None


P = TypeVar("P", bound=Proposal)


def of_row(kind: type[P], row: Sequence[Any]) -> P:
    """A row whose columns are the fields of ``kind``, in their order: those of every proposal first."""
    return kind(**dict(zip((f.name for f in fields(kind)), row, strict=True)))


def decide(
    uow: UnitOfWork,
    caller: Caller,
    sql: Mapping[str, str],
    proposal: str,
    to: str,
    reason: str,
) -> int:
    """Another person's decision about ``proposal`` (public id); its row's key.

    ``sql`` has the statements ``proposal`` and ``decide``; ``to``: the state after it. Raises
    ``not_found``, ``wrong_state``, ``own_proposal``, ``approver_too_new`` or ``roles_conflict``.
    """
    person, key = require_person(uow, caller)
    require_one_role(uow, person)
    row = uow.execute(sql["proposal"], (proposal,)).fetchone()
    if row is None:
        raise PolicyError("not_found", what="proposal")
    number, state, proposer, proposed_at = row
    if state != "proposed":
        raise PolicyError("wrong_state", state=state)
    if proposer is not None and proposer == person:
        raise PolicyError("own_proposal")
    require_approver_before(uow, person, proposed_at)
    uow.execute(sql["decide"], (to, person, key, uow.now, reason or None, number))
    return int(number)


def require_reader(caller: Caller, *scopes: Scope) -> None:
    """Raises ``missing_scope`` unless the caller has ``admin`` or one of ``scopes``."""
    if not any(caller.may(scope) for scope in scopes):
        caller.require("admin")
