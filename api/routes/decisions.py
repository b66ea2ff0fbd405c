"""What is done to a batch after it was submitted."""

from __future__ import annotations

from litestar.params import JSONBody

from ...policy.answers import BatchAnswer
from ..auth import ApiRequest
from ..bodies import ApproveBody, EmptyBody, ReasonBody
from ..body import JsonBody
from ..inject import DepsOf, Id
from ..verbs import verb

_APPROVE = JsonBody[ApproveBody]
_REASON = JsonBody[ReasonBody]
_NOTHING = JsonBody[EmptyBody]


@verb("/batches/{batch_id:str}/approve", _APPROVE, "approve", tag="approval")
async def approve(
    request: ApiRequest, deps: DepsOf, batch_id: Id, data: JSONBody[ApproveBody | None] = None
) -> BatchAnswer:
    """A second person's leave to send a held batch.

    With `digest` (from the batch) the approval holds only for exactly what was looked at:
    a differing one is 409 `digest_changed`.
    """
    body = data or ApproveBody()
    return await deps.desk.approve(request.user, batch_id, body.digest, body.reason)


@verb("/batches/{batch_id:str}/countersign", _APPROVE, "approve", tag="approval")
async def countersign(
    request: ApiRequest, deps: DepsOf, batch_id: Id, data: JSONBody[ApproveBody | None] = None
) -> BatchAnswer:
    """Another person has looked at an emergency that was sent alone; due within 24 hours, or what
    the send policy says. Until then, and after, the batch goes on."""
    body = data or ApproveBody()
    return await deps.desk.countersign(request.user, batch_id, body.digest, body.reason)


@verb("/batches/{batch_id:str}/return", _REASON, "approve", tag="approval")
async def return_(
    request: ApiRequest, deps: DepsOf, batch_id: Id, data: JSONBody[ReasonBody]
) -> BatchAnswer:
    """Give a held batch back to its submitter for correction; it ends."""
    return await deps.desk.return_(request.user, batch_id, data.reason)


@verb("/batches/{batch_id:str}/reject", _REASON, "approve", tag="approval")
async def reject(
    request: ApiRequest, deps: DepsOf, batch_id: Id, data: JSONBody[ReasonBody]
) -> BatchAnswer:
    """Refuse a held batch; it ends."""
    return await deps.desk.reject(request.user, batch_id, data.reason)


@verb("/batches/{batch_id:str}/cancel", _REASON, tag="batches")
async def cancel(
    request: ApiRequest, deps: DepsOf, batch_id: Id, data: JSONBody[ReasonBody | None] = None
) -> BatchAnswer:
    """Stop what of a batch is not yet on the air."""
    return await deps.desk.cancel(request.user, batch_id, data.reason if data else "")


@verb("/batches/{batch_id:str}/pause", _NOTHING, tag="batches")
async def pause(
    request: ApiRequest, deps: DepsOf, batch_id: Id, data: JSONBody[EmptyBody | None] = None
) -> BatchAnswer:
    """Keep the rest of a batch back until it is resumed."""
    return await deps.desk.pause(request.user, batch_id)


@verb("/batches/{batch_id:str}/resume", _NOTHING, tag="batches")
async def resume(
    request: ApiRequest, deps: DepsOf, batch_id: Id, data: JSONBody[EmptyBody | None] = None
) -> BatchAnswer:
    """Let a paused batch go on."""
    return await deps.desk.resume(request.user, batch_id)


HANDLERS = [approve, countersign, return_, reject, cancel, pause, resume]
