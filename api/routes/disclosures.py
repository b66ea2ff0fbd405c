"""The ledger in full: one person asks, another allows it, and it is fetched once."""

from __future__ import annotations

from litestar import get
from litestar.params import JSONBody

from ...estate.disclosure import Disclosures
from ..auth import ApiRequest
from ..bodies import DisclosureBody, ReasonBody
from ..body import JsonBody
from ..deps import Deps
from ..inject import DepsOf, Id
from ..shapes.disclosures import DisclosureList, answer
from ..shapes.proposals import Proposed
from ..times import instant
from ..verbs import verb

_REASON = JsonBody[ReasonBody]


@verb("/privacy/disclosures", JsonBody[DisclosureBody], "admin", tag="privacy", status=201)
async def ask(request: ApiRequest, deps: DepsOf, data: JSONBody[DisclosureBody]) -> Proposed:
    """Ask for the ledger of a period with numbers and texts as they are, and say what for."""
    since, until = instant(data.from_, "from"), instant(data.to, "to")
    return Proposed(id=await _door(deps).ask(request.user, since, until, data.purpose))


@get("/privacy/disclosures", tags=["privacy"])
async def list_disclosures(request: ApiRequest, deps: DepsOf) -> DisclosureList:
    """Requests, newest first. Scope: `admin`, `approve` or `audit`."""
    return await _shown(request, deps)


@verb("/privacy/disclosures/{disclosure:str}/approve", _REASON, "approve", tag="privacy")
async def approve(
    request: ApiRequest, deps: DepsOf, disclosure: Id, data: JSONBody[ReasonBody | None] = None
) -> DisclosureList:
    """Another person's yes: who asked may fetch it, once, within a week of asking."""
    reason = data.reason if data else ""
    await _door(deps).decide(request.user, disclosure, approve=True, reason=reason)
    return await _shown(request, deps)


@verb("/privacy/disclosures/{disclosure:str}/reject", _REASON, "approve", tag="privacy")
async def reject(
    request: ApiRequest, deps: DepsOf, disclosure: Id, data: JSONBody[ReasonBody]
) -> DisclosureList:
    """Another person's no, with a reason."""
    await _door(deps).decide(request.user, disclosure, approve=False, reason=data.reason)
    return await _shown(request, deps)


async def _shown(request: ApiRequest, deps: Deps) -> DisclosureList:
    found = await _door(deps).list(request.user)
    return DisclosureList(items=[answer(one) for one in found])


def _door(deps: Deps) -> Disclosures:
    assert deps.privacy is not None
    return deps.privacy.disclosures


HANDLERS = [ask, list_disclosures, approve, reject]
