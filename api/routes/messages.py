"""Sending, and looking at messages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar import get, post
from litestar.params import HeaderParameter, JSONBody, QueryParameter

from ...policy.answers import SendAnswer
from ...policy.requests import SendRequest
from ...queue import queries
from ...queue.states import PartState
from ..access import note
from ..auth import ApiRequest, needs
from ..body import JsonBody
from ..inject import DepsOf, Id
from ..paging import DEFAULT_LIMIT, CursorParameter, Limit, decode_cursor, encode_cursor
from ..problems import not_found
from ..shapes.messages import MessageDetail, MessagePage, detail, item
from ..times import instant

_LIST = "messages"


@post("/messages", status_code=202, dto=JsonBody[SendRequest], return_dto=None, tags=["messages"])
async def send(
    request: ApiRequest,
    deps: DepsOf,
    data: JSONBody[SendRequest],
    idempotency_key: Annotated[
        str | None,
        HeaderParameter(
            name="Idempotency-Key",
            description="Repeating a call with the same key returns the first answer.",
        ),
    ] = None,
) -> SendAnswer:
    """Send one text to up to 10,000 numbers; 202 once everything is durable.

    One bad number never fails the others: it stands in `rejected` with its code. Nothing valid
    left is 422 `no_valid_recipient`; a text that the word filter blocks is 422 `text_blocked`
    with its hits. Scope: `messages:send`, or `messages:emergency` for the purpose emergency.
    """
    return await deps.desk.send(request.user, data, idempotency_key)


@get("/messages/{message_id:str}", opt=needs("messages:read"), tags=["messages"])
async def get_message(request: ApiRequest, deps: DepsOf, message_id: Id) -> MessageDetail:
    """One message: state, parts with TP-MR and cause, attempts, history."""
    view = await deps.store.read(lambda c: queries.message(c, deps.vault, message_id))
    if view is None:
        raise not_found("message")
    await note(deps, request.user, "message_read", view.id)
    return detail(view)


@get("/messages", opt=needs("messages:read"), tags=["messages"])
async def list_messages(
    request: ApiRequest,
    deps: DepsOf,
    batch: Annotated[str | None, QueryParameter(max_length=40, description="Batch id.")] = None,
    in_state: Annotated[PartState | None, QueryParameter(name="state")] = None,
    since: Annotated[
        datetime | None, QueryParameter(description="Created then or later, RFC 3339.")
    ] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorParameter = None,
) -> MessagePage:
    """Messages in the order they were accepted, a page at a time."""
    start, after = instant(since, "since"), decode_cursor(_LIST, cursor)
    page = await deps.store.read(
        lambda c: queries.messages(
            c,
            deps.vault,
            batch=batch,
            state=None if in_state is None else in_state.value,
            since=start,
            limit=limit,
            after=after,
        )
    )
    await note(
        deps,
        request.user,
        "message_list",
        batch or "",
        count=len(page.items),
        state=in_state,
        since=start,
    )
    return MessagePage(
        items=[item(row) for row in page.items],
        next_cursor=None if page.next_key is None else encode_cursor(_LIST, page.next_key),
    )


HANDLERS = [send, get_message, list_messages]
