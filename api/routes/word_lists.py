"""The operator's word list: versions, proposals, and who decides."""

from __future__ import annotations

from litestar import get, post
from litestar.params import JSONBody

from ...policy.errors import PolicyError
from ...policy.word_lists import WordLists
from ..auth import ApiRequest, needs
from ..bodies import ReasonBody, WordListBody
from ..body import JsonBody
from ..deps import Deps
from ..inject import DepsOf, Id
from ..shapes.proposals import Proposed
from ..shapes.word_lists import (
    WordListChanges,
    WordListText,
    WordListVersions,
    version,
)
from ..verbs import verb

_REASON = JsonBody[ReasonBody]

MAX_BODY = 16 * 2**20
"""Octets of a list in a request; larger ones are imported while no service runs."""


@get("/filter/lists", tags=["filter"])
async def list_versions(request: ApiRequest, deps: DepsOf) -> WordListVersions:
    """Versions and proposals of the operator's list. Scope: `filter`, `approve` or `audit`."""
    return await _shown(request, deps)


@get("/filter/lists/{list_id:str}/changes", tags=["filter"])
async def get_changes(request: ApiRequest, deps: DepsOf, list_id: Id) -> WordListChanges:
    """What a version would change in the list in force. Scopes as `GET /filter/lists`."""
    return WordListChanges(changes=await _lists(deps).compare(request.user, list_id))


@get("/filter/lists/{list_id:str}", tags=["filter"])
async def get_list(request: ApiRequest, deps: DepsOf, list_id: Id) -> WordListText:
    """A version as CSV; `current` is the one in force. Scopes as `GET /filter/lists`."""
    chosen = None if list_id == "current" else list_id
    return WordListText(text=await _lists(deps).exported(request.user, chosen))


@post(
    "/filter/lists",
    dto=JsonBody[WordListBody],
    return_dto=None,
    opt=needs("admin"),
    request_max_body_size=MAX_BODY,
    tags=["filter"],
)
async def propose_list(request: ApiRequest, deps: DepsOf, data: JSONBody[WordListBody]) -> Proposed:
    """Propose another list, CSV or TOML; it waits for a person with the scope `approve`.

    A list that cannot be used is 422 `word_list_invalid`, which names file and line.
    """
    content = data.text.encode("utf-8", "surrogatepass")
    return Proposed(id=await _lists(deps).propose(request.user, data.name, content, data.reason))


@verb("/filter/lists/{list_id:str}/restore", _REASON, "admin", tag="filter")
async def restore_list(
    request: ApiRequest, deps: DepsOf, list_id: Id, data: JSONBody[ReasonBody | None] = None
) -> Proposed:
    """Propose a kept version again, to roll back; another person approves it."""
    reason = data.reason if data else ""
    return Proposed(id=await _lists(deps).restore(request.user, list_id, reason))


@verb("/filter/lists/{list_id:str}/approve", _REASON, "approve", tag="filter")
async def approve_list(
    request: ApiRequest, deps: DepsOf, list_id: Id, data: JSONBody[ReasonBody | None] = None
) -> WordListVersions:
    """Another person's yes: the list is in force at once, for texts that are checked after it."""
    reason = data.reason if data else ""
    await _lists(deps).decide(request.user, list_id, approve=True, reason=reason)
    return await _shown(request, deps)


@verb("/filter/lists/{list_id:str}/reject", _REASON, "approve", tag="filter")
async def reject_list(
    request: ApiRequest, deps: DepsOf, list_id: Id, data: JSONBody[ReasonBody]
) -> WordListVersions:
    """Refuse a proposal, with a reason."""
    await _lists(deps).decide(request.user, list_id, approve=False, reason=data.reason)
    return await _shown(request, deps)


def _lists(deps: Deps) -> WordLists:
    if deps.word_lists is None:
        raise PolicyError("not_found", what="word list")
    return deps.word_lists


async def _shown(request: ApiRequest, deps: Deps) -> WordListVersions:
    lists = _lists(deps)
    items = [version(one) for one in await lists.versions(request.user)]
    return WordListVersions(ruleset=lists.ruleset, items=items)


HANDLERS = [
    list_versions, get_changes, get_list, propose_list, restore_list, approve_list, reject_list,
]  # fmt: skip
