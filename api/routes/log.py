"""The sealed audit log: its head, and exports that verify offline."""

from __future__ import annotations

from litestar import get, post
from litestar.background_tasks import BackgroundTask
from litestar.params import JSONBody
from litestar.response import File

from ..answers import LogHead
from ..auth import ApiRequest, needs
from ..bodies import ExportBody
from ..body import JsonBody
from ..inject import DepsOf
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
    )
    return File(
        path,
        filename="estate-sms-audit.export",
        media_type="application/octet-stream",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


HANDLERS = [get_head, export]
