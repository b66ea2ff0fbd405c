"""The sealed audit log: its head, and exports that verify offline."""

from __future__ import annotations

from typing import Annotated

from litestar import get, post
from litestar.background_tasks import BackgroundTask
from litestar.params import JSONBody, PathParameter
from litestar.response import File

from ...audit.errors import AuditError
from ..answers import LogHead
from ..auth import ApiRequest, needs
from ..bodies import AnchorBody, ExportBody
from ..body import JsonBody
from ..inject import DepsOf
from ..paging import DEFAULT_LIMIT, Limit
from ..problems import ApiError
from ..shapes.anchors import AnchorList
from ..shapes.blocks import BlockList, BlockReport, answer
from ..times import instant


@get("/audit/head", opt=needs("audit"), tags=["audit"])
async def get_head(deps: DepsOf) -> LogHead:
    """The newest signed checkpoint: keep it elsewhere, and nobody can rewrite what is before."""
    assert deps.audit is not None
    return await deps.audit.head()


@post(
    "/audit/exports",
    status_code=200,
    dto=JsonBody[ExportBody],
    return_dto=None,
    opt=needs("audit"),
    media_type="application/octet-stream",
    tags=["audit"],
)
async def export(
    request: ApiRequest, deps: DepsOf, data: JSONBody[ExportBody | None] = None
) -> File:
    """Records of the log as one file, for `estate-sms audit verify`. The export is itself recorded."""
    assert deps.audit is not None
    span = data or ExportBody()
    path = await deps.audit.export(
        request.user,
        since=instant(span.from_, "from"),
        until=instant(span.to, "to"),
        recipient=span.recipient,
        sealed=span.sealed,
    )
    return File(
        path,
        filename="estate-sms-audit.export",
        media_type="application/octet-stream",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


@get("/audit/blocks", opt=needs("audit"), tags=["audit"])
async def list_blocks(deps: DepsOf, limit: Limit = DEFAULT_LIMIT) -> BlockList:
    """Texts that the word filter stopped: when, whose, and what kinds of hits; the texts are kept nowhere."""
    assert deps.audit is not None
    return BlockList(items=[answer(block) for block in await deps.audit.blocks(limit)])


@get("/audit/blocks/{sequence:int}/report", opt=needs("audit"), tags=["audit"])
async def get_block_report(
    deps: DepsOf,
    sequence: Annotated[int, PathParameter(ge=0, description="The record's number in the log.")],
) -> BlockReport:
    """The form of a report to the authority about a stopped text, in Chinese, to be completed by hand."""
    assert deps.audit is not None
    return BlockReport(text=await deps.audit.block_report(sequence))


@get("/audit/anchors", opt=needs("audit"), tags=["audit"])
async def list_anchors(deps: DepsOf, limit: Limit = DEFAULT_LIMIT) -> AnchorList:
    """The newest anchors, whom each reached, and how many records came after what somebody holds."""
    assert deps.audit is not None
    return await deps.audit.anchors(limit)


@post(
    "/audit/anchors",
    status_code=200,
    dto=JsonBody[AnchorBody],
    return_dto=None,
    opt=needs("audit"),
    tags=["audit"],
)
async def anchor(request: ApiRequest, deps: DepsOf, data: JSONBody[AnchorBody]) -> LogHead:
    """Have the newest head held outside: by SMS, by a witness's signature, or on paper."""
    assert deps.audit is not None
    try:
        return await deps.audit.anchor(request.user, data.kind, data.by)
    except AuditError as error:
        raise ApiError(409, "anchor_failed", f"The log was not anchored: {error}.") from error


HANDLERS = [get_head, export, list_blocks, get_block_report, list_anchors, anchor]
