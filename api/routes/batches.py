"""Looking at batches."""

from __future__ import annotations

from litestar import get

from ...queue import queries
from ..access import note
from ..auth import ApiRequest, needs
from ..inject import DepsOf, Id
from ..problems import not_found
from ..shapes.batches import BatchDetail, detail

_CAN_SEND = frozenset({"ready", "sending"})


@get("/batches/{batch_id:str}", opt=needs("messages:read"), tags=["batches"])
async def get_batch(request: ApiRequest, deps: DepsOf, batch_id: Id) -> BatchDetail:
    """One batch: counts by state, progress, estimate, holds, who decided.

    A caller with the scope `approve` also sees the text, a sample of the recipients, and the
    digest that an approval may name.
    """
    ready = sum(modem.state in _CAN_SEND for modem in await deps.modems.statuses())
    now = deps.store.now
    view = await deps.store.read(lambda c: queries.batch(c, deps.vault, batch_id, now, ready))
    if view is None:
        raise not_found("batch")
    approver = request.user.may("approve")
    if approver:
        await note(deps, request.user, "batch_sample", view.id, count=len(view.sample))
    return detail(view, approver=approver)


HANDLERS = [get_batch]
