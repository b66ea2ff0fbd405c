"""Keys that a second person has to allow."""

from __future__ import annotations

from litestar import get
from litestar.params import JSONBody

from ..auth import ApiRequest
from ..bodies import ReasonBody
from ..body import JsonBody
from ..inject import DepsOf, Id
from ..shapes.grants import GrantList, shown
from ..verbs import verb

_REASON = JsonBody[ReasonBody]


@get("/keys/grants", tags=["keys"])
async def list_grants(request: ApiRequest, deps: DepsOf) -> GrantList:
    """Keys that wait for a second person, and those decided about. Scope: `admin`, `approve` or
    `audit`."""
    return GrantList([shown(one) for one in await deps.keys.grants.list(request.user)])


@verb("/keys/grants/{grant:str}/approve", _REASON, "approve", tag="keys")
async def approve_grant(
    request: ApiRequest, deps: DepsOf, grant: Id, data: JSONBody[ReasonBody | None] = None
) -> GrantList:
    """Another person's yes: the token that was shown when the key was asked for works at once."""
    reason = data.reason if data else ""
    await deps.keys.grants.decide(request.user, grant, approve=True, reason=reason)
    return GrantList([shown(one) for one in await deps.keys.grants.list(request.user)])


@verb("/keys/grants/{grant:str}/reject", _REASON, "approve", tag="keys")
async def reject_grant(
    request: ApiRequest, deps: DepsOf, grant: Id, data: JSONBody[ReasonBody]
) -> GrantList:
    """Another person's no, with a reason."""
    await deps.keys.grants.decide(request.user, grant, approve=False, reason=data.reason)
    return GrantList([shown(one) for one in await deps.keys.grants.list(request.user)])


HANDLERS = [list_grants, approve_grant, reject_grant]
