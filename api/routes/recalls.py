"""Recalling what was sent."""

from __future__ import annotations

from typing import Annotated

from litestar import get, post
from litestar.params import JSONBody, QueryParameter

from ...queue import queries
from ...queue.recall_summary import Language, may_have_seen, summary
from ..access import note
from ..answers import RecallAccepted
from ..auth import ApiRequest, needs
from ..bodies import ReasonBody, RecallBody
from ..body import JsonBody
from ..deps import Deps
from ..inject import DepsOf, Id
from ..paging import DEFAULT_LIMIT, CursorParameter, Limit, decode_cursor, encode_cursor
from ..problems import not_found
from ..shapes.recalls import RecallDetail, RecallSummary, detail

_RECALL = JsonBody[RecallBody]
_REASON = JsonBody[ReasonBody]


@post(
    "/messages/{message_id:str}/recall",
    status_code=202,
    dto=_RECALL,
    return_dto=None,
    opt=needs("recall"),
    tags=["recall"],
)
async def recall_message(
    request: ApiRequest, deps: DepsOf, message_id: Id, data: JSONBody[RecallBody]
) -> RecallAccepted:
    """Recall one message, honestly: each step is recorded with its evidence."""
    return RecallAccepted(
        await deps.desk.recall(
            request.user,
            message=message_id,
            reason=data.reason,
            correction_text=data.correction_text,
        )
    )


@post(
    "/batches/{batch_id:str}/recall",
    status_code=202,
    dto=_RECALL,
    return_dto=None,
    opt=needs("recall"),
    tags=["recall"],
)
async def recall_batch(
    request: ApiRequest, deps: DepsOf, batch_id: Id, data: JSONBody[RecallBody]
) -> RecallAccepted:
    """Recall a whole batch. Stopping is immediate; steps that send may wait for a second person."""
    return RecallAccepted(
        await deps.desk.recall(
            request.user,
            batch=batch_id,
            reason=data.reason,
            correction_text=data.correction_text,
        )
    )


@get("/recalls/{recall_id:str}", opt=needs("messages:read"), tags=["recall"])
async def get_recall(
    request: ApiRequest,
    deps: DepsOf,
    recall_id: Id,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorParameter = None,
) -> RecallDetail:
    """A recall: outcomes counted, and a page of recipients with every step and its evidence."""
    return await _shown(deps, request, recall_id, limit, cursor)


@get("/recalls/{recall_id:str}/summary", opt=needs("messages:read"), tags=["recall"])
async def get_summary(
    request: ApiRequest,
    deps: DepsOf,
    recall_id: Id,
    language: Annotated[Language, QueryParameter(description="`zh` or `en`.")] = "zh",
) -> RecallSummary:
    """A recall on one page, in plain words: what was achieved for how many, and what nobody can know."""
    view = await deps.store.read(lambda c: queries.recall(c, deps.vault, recall_id, limit=1))
    if view is None:
        raise not_found("recall")
    await note(deps, request.user, "recall_read", view.id, count=0)
    return RecallSummary(
        id=view.id,
        state=view.state,
        may_have_seen=may_have_seen(view.counts),
        text=summary(view, language, deps.settings.timezone),
    )


@post(
    "/recalls/{recall_id:str}/approve",
    status_code=200,
    dto=_REASON,
    return_dto=None,
    opt=needs("approve"),
    tags=["recall"],
)
async def approve_recall(
    request: ApiRequest, deps: DepsOf, recall_id: Id, data: JSONBody[ReasonBody | None] = None
) -> RecallDetail:
    """A second person's yes to the steps of a recall that send."""
    reason = data.reason if data else ""
    await deps.desk.decide_recall(request.user, recall_id, approve=True, reason=reason)
    return await _shown(deps, request, recall_id, DEFAULT_LIMIT, None)


@post(
    "/recalls/{recall_id:str}/reject",
    status_code=200,
    dto=_REASON,
    return_dto=None,
    opt=needs("approve"),
    tags=["recall"],
)
async def reject_recall(
    request: ApiRequest, deps: DepsOf, recall_id: Id, data: JSONBody[ReasonBody | None] = None
) -> RecallDetail:
    """A second person's no: what was stopped stays stopped, nothing is sent."""
    reason = data.reason if data else ""
    await deps.desk.decide_recall(request.user, recall_id, approve=False, reason=reason)
    return await _shown(deps, request, recall_id, DEFAULT_LIMIT, None)


async def _shown(
    deps: Deps, request: ApiRequest, recall_id: str, limit: int, cursor: str | None
) -> RecallDetail:
    # A cursor belongs to one recall: another's page would be silently wrong.
    kind = f"recall:{recall_id}"
    after = decode_cursor(kind, cursor)
    view = await deps.store.read(
        lambda c: queries.recall(c, deps.vault, recall_id, limit=limit, after=after)
    )
    if view is None:
        raise not_found("recall")
    await note(deps, request.user, "recall_read", view.id, count=len(view.items.items))
    following = view.items.next_key
    return detail(view, None if following is None else encode_cursor(kind, following))


HANDLERS = [
    recall_message, recall_batch, get_recall, get_summary, approve_recall, reject_recall,
]  # fmt: skip
