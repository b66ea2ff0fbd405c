"""What an operator does by hand: modems, messages in doubt, and what waits."""

from __future__ import annotations

from litestar import post
from litestar.params import JSONBody

from ...policy.answers import OperatedAnswer
from ..answers import ModemAnswer
from ..auth import ApiRequest, needs
from ..bodies import BackupBody, PriorityBody, ReasonBody
from ..body import JsonBody
from ..deps import Deps
from ..inject import DepsOf, Id
from ..problems import not_found
from ..verbs import verb
from .modems import shown

_REASON = JsonBody[ReasonBody]


@verb("/modems/{label:str}/pause", _REASON, "recall", tag="modems")
async def pause_modem(
    request: ApiRequest, deps: DepsOf, label: Id, data: JSONBody[ReasonBody | None] = None
) -> ModemAnswer:
    """Let a modem begin nothing more, also after a restart. It is drained once it is `paused`:
    while it is `sending`, its last message waits for its answer."""
    await deps.operations.pause_modem(request.user, label, data.reason if data else "")
    return await _modem(deps, label)


@verb("/modems/{label:str}/resume", _REASON, "recall", tag="modems")
async def resume_modem(
    request: ApiRequest, deps: DepsOf, label: Id, data: JSONBody[ReasonBody | None] = None
) -> ModemAnswer:
    """Let a paused modem go on."""
    await deps.operations.resume_modem(request.user, label, data.reason if data else "")
    return await _modem(deps, label)


@verb("/messages/{message_id:str}/requeue", _REASON, "recall", tag="messages")
async def requeue(
    request: ApiRequest, deps: DepsOf, message_id: Id, data: JSONBody[ReasonBody]
) -> OperatedAnswer:
    """Send again what is in doubt: the recipient may get it twice.

    Also needs `messages:send`, for an emergency `messages:emergency`.
    """
    return await deps.operations.requeue(request.user, message_id, data.reason)


@verb("/messages/{message_id:str}/close", _REASON, "recall", tag="messages")
async def close(
    request: ApiRequest, deps: DepsOf, message_id: Id, data: JSONBody[ReasonBody]
) -> OperatedAnswer:
    """Give up on a message in doubt: `failed`, cause `closed_unknown`. A late report still counts."""
    return await deps.operations.close(request.user, message_id, data.reason)


@verb("/messages/{message_id:str}/cancel", _REASON, tag="messages")
async def cancel_message(
    request: ApiRequest, deps: DepsOf, message_id: Id, data: JSONBody[ReasonBody | None] = None
) -> OperatedAnswer:
    """Stop one message that waits; the rest of its batch goes on."""
    reason = data.reason if data else ""
    return await deps.operations.cancel_message(request.user, message_id, reason)


@verb("/batches/{batch_id:str}/priority", JsonBody[PriorityBody], tag="batches")
async def prioritise(
    request: ApiRequest, deps: DepsOf, batch_id: Id, data: JSONBody[PriorityBody]
) -> dict[str, int]:
    """Put what of a batch waits into another class: `normal`, `bulk`, or `urgent` if it was that."""
    moved = await deps.operations.prioritise(request.user, batch_id, data.priority, data.reason)
    return {"moved": moved}


@post(
    "/backups",
    status_code=204,
    dto=JsonBody[BackupBody],
    opt=needs("admin"),
    tags=["administration"],
)
async def note_backup(request: ApiRequest, deps: DepsOf, data: JSONBody[BackupBody]) -> None:
    """Have the sealed log record that a copy of the database was made (`estate-sms backup`)."""
    await deps.operations.note_backup(request.user, data.sha256, data.octets, data.made_at)


async def _modem(deps: Deps, label: str) -> ModemAnswer:
    modem = await deps.modems.status(label)
    if modem is None:
        raise not_found("modem")
    return shown(modem)


HANDLERS = [pause_modem, resume_modem, requeue, close, cancel_message, prioritise, note_backup]
