"""The inbox, and what is known about numbers."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import PathParameter

from ...policy.errors import PolicyError
from ...policy.numbers import NoNumber, parse
from ...queue import queries
from ..access import note, note_number
from ..auth import ApiRequest, needs
from ..inject import DepsOf, Id
from ..paging import DEFAULT_LIMIT, CursorParameter, Limit, decode_cursor, encode_cursor
from ..problems import not_found
from ..shapes.contacts import Inbox, NumberDetail, Received, number_detail, received

_LIST = "inbox"


@get("/inbox", opt=needs("inbox"), tags=["inbox"])
async def list_inbox(
    request: ApiRequest,
    deps: DepsOf,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorParameter = None,
) -> Inbox:
    """Received messages, newest first, parts joined."""
    after = decode_cursor(_LIST, cursor)
    page = await deps.store.read(lambda c: queries.inbox(c, deps.vault, limit=limit, after=after))
    await note(deps, request.user, "inbox_list", count=len(page.items))
    return Inbox(
        items=[received(view) for view in page.items],
        next_cursor=None if page.next_key is None else encode_cursor(_LIST, page.next_key),
    )


@get("/inbox/{inbox_id:str}", opt=needs("inbox"), tags=["inbox"])
async def get_received(request: ApiRequest, deps: DepsOf, inbox_id: Id) -> Received:
    """One received message, as named by an `inbox` event."""
    view = await deps.store.read(lambda c: queries.received(c, deps.vault, inbox_id))
    if view is None:
        raise not_found("received message")
    await note(deps, request.user, "inbox_read", view.id)
    return received(view)


@get("/numbers/{number:str}", opt=needs("messages:read"), tags=["numbers"])
async def get_number(
    request: ApiRequest,
    deps: DepsOf,
    number: Annotated[
        str, PathParameter(max_length=40, description="E.164, or as people write it.")
    ],
) -> NumberDetail:
    """What is known about a number: its health and the evidence for it."""
    parsed = parse(number, deps.region)
    if isinstance(parsed, NoNumber):
        raise PolicyError(parsed.code)
    await note_number(deps, request.user, parsed.e164)
    view = await deps.store.read(lambda c: queries.number(c, deps.vault, parsed.e164))
    if view is None:
        raise not_found("number: nothing was ever sent to it")
    return number_detail(view)


HANDLERS = [list_inbox, get_received, get_number]
