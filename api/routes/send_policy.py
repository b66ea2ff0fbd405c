"""The send policy: what is in force, what is proposed, and who decides."""

from __future__ import annotations

from litestar import get, post
from litestar.params import JSONBody

from ..auth import ApiRequest, needs
from ..bodies import PolicyBody, ReasonBody
from ..body import JsonBody
from ..inject import DepsOf, Id
from ..shapes.policies import PolicyDetail, PolicyProposal, detail
from ..shapes.policies import proposal as shown
from ..shapes.proposals import Proposed
from ..verbs import verb

_REASON = JsonBody[ReasonBody]


@get("/policy", tags=["policy"])
async def get_policy(request: ApiRequest, deps: DepsOf) -> PolicyDetail:
    """The policy in force and its versions. Scope: `admin`, `approve` or `audit`."""
    policies = deps.desk.policies
    versions = await policies.versions(request.user)
    return detail(policies.current, versions)


@get("/policy/{proposal:str}", tags=["policy"])
async def get_version(request: ApiRequest, deps: DepsOf, proposal: Id) -> PolicyProposal:
    """A version or a proposal with its text, and what it would change. Scopes as `GET /policy`."""
    return shown(*await deps.desk.policies.version(request.user, proposal))


@post("/policy", dto=JsonBody[PolicyBody], return_dto=None, opt=needs("admin"), tags=["policy"])
async def propose(request: ApiRequest, deps: DepsOf, data: JSONBody[PolicyBody]) -> Proposed:
    """Propose another policy; it waits for a person with the scope `approve`.

    A file that cannot be used is 422 `policy_invalid`, which says where and why.
    """
    return Proposed(id=await deps.desk.policies.propose(request.user, data.text, data.reason))


@verb("/policy/{proposal:str}/approve", _REASON, "approve", tag="policy")
async def approve(
    request: ApiRequest, deps: DepsOf, proposal: Id, data: JSONBody[ReasonBody | None] = None
) -> PolicyDetail:
    """Another person's yes: the proposal is in force at once, for sends that come after it."""
    policies = deps.desk.policies
    reason = data.reason if data else ""
    await policies.decide(request.user, proposal, approve=True, reason=reason)
    return detail(policies.current, await policies.versions(request.user))


@verb("/policy/{proposal:str}/reject", _REASON, "approve", tag="policy")
async def reject(
    request: ApiRequest, deps: DepsOf, proposal: Id, data: JSONBody[ReasonBody]
) -> PolicyDetail:
    """Refuse a proposal, with a reason."""
    policies = deps.desk.policies
    await policies.decide(request.user, proposal, approve=False, reason=data.reason)
    return detail(policies.current, await policies.versions(request.user))


HANDLERS = [get_policy, get_version, propose, approve, reject]
