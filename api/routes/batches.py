"""Looking at batches."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter

from ...policy.break_glass import uncountersigned
from ...policy.explaining import explain_batch
from ...queue import batch_list, queries
from ...queue.states import BatchState
from ..access import note
from ..auth import ApiRequest, needs
from ..inject import DepsOf, Id
from ..paging import DEFAULT_LIMIT, CursorParameter, Limit, decode_cursor, encode_cursor
from ..problems import not_found
from ..shapes.batches import BatchDetail, BatchPage, detail, item
from ..shapes.emergencies import EmergencyList
from ..shapes.emergencies import shown as emergency
from ..shapes.explanations import ExplanationAnswer
from ..shapes.explanations import shown as explained

_LIST = "batches"


@get("/batches/{batch_id:str}", opt=needs("messages:read"), tags=["batches"])
async def get_batch(request: ApiRequest, deps: DepsOf, batch_id: Id) -> BatchDetail:
    """One batch: counts by state, progress, estimate, holds, who decided.

    A caller with the scope `approve` also sees the text, a sample of the recipients, and the
    digest that an approval may name.
    """
    now, sims, hours = deps.store.now, deps.capacity(), deps.desk.hours
    view = await deps.store.read(lambda c: queries.batch(c, deps.vault, batch_id, now, sims, hours))
    if view is None:
        raise not_found("batch")
    approver = request.user.may("approve")
    if approver:
        await note(deps, request.user, "batch_sample", view.id, count=len(view.sample))
    return detail(view, approver=approver, zone=deps.settings.timezone)


@get("/batches", opt=needs("messages:read"), tags=["batches"])
async def list_batches(
    deps: DepsOf,
    in_state: Annotated[
        BatchState | None, QueryParameter(name="state", description="`held`: what waits for leave.")
    ] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: CursorParameter = None,
) -> BatchPage:
    """Batches, newest first, a page at a time; neither texts nor recipients."""
    after = decode_cursor(_LIST, cursor)
    state = None if in_state is None else in_state.value
    page = await deps.store.read(
        lambda c: batch_list.batches(c, state=state, limit=limit, after=after)
    )
    return BatchPage(
        items=[item(row) for row in page.items],
        next_cursor=None if page.next_key is None else encode_cursor(_LIST, page.next_key),
    )


@get("/batches/{batch_id:str}/explanation", opt=needs("messages:read"), tags=["batches"])
async def explain(deps: DepsOf, batch_id: Id) -> ExplanationAnswer:
    """Which rule held, postponed or let go a batch when it was submitted, in both languages."""
    return explained(await explain_batch(deps.store, batch_id))


@get("/emergencies", opt=needs("messages:read"), tags=["approval"])
async def list_emergencies(deps: DepsOf) -> EmergencyList:
    """Emergencies that wait for a countersign; `overdue` once its time is over."""
    found = await deps.store.read(uncountersigned)
    return EmergencyList([emergency(one, deps.store.now) for one in found])


HANDLERS = [get_batch, list_batches, explain, list_emergencies]
