"""Health, metrics, and the description of the API itself."""

from __future__ import annotations

import asyncio
from functools import cache
from importlib import resources

from litestar import Response, get
from litestar.params import FromPath

from .. import static
from ..answers import Health
from ..auth import OPEN, ApiRequest
from ..inject import DepsOf
from ..openapi import description
from ..problems import not_found

_DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Scripts only from here. Inline styles: RapiDoc sets them from its own templates."""
_FILES = {
    "rapidoc-min.js": ("vendor/rapidoc/rapidoc-min.js", "text/javascript"),
}


@get("/livez", opt=OPEN, tags=["service"])
async def livez() -> Health:
    """200 as long as the process answers."""
    return Health(status="pass")


@get("/readyz", opt=OPEN, tags=["service"])
async def readyz(deps: DepsOf) -> Response[Health]:
    """200 once the store is writable and at least one modem can send; 503 with reasons else."""
    now = deps.readiness()
    health = Health(status="pass" if now.ready else "fail", reasons=list(now.reasons))
    return Response(health, status_code=200 if now.ready else 503)


@get("/metrics", opt=OPEN, tags=["service"], media_type="text/plain")
async def metrics(deps: DepsOf) -> Response[bytes]:
    """Prometheus metrics."""
    page, media_type = await deps.render_metrics()
    return Response(page, headers={"Content-Type": media_type})


@get("/openapi.json", opt=OPEN, tags=["service"], media_type="application/vnd.oai.openapi+json")
async def openapi(request: ApiRequest) -> Response[bytes]:
    """This description of the API (OpenAPI 3.1)."""
    content = await asyncio.to_thread(description, request.app)
    return Response(content, media_type="application/vnd.oai.openapi+json")


@get("/docs", opt=OPEN, include_in_schema=False)
async def docs() -> Response[bytes]:
    """A page to read and try the API; everything on it comes from this gateway."""
    return _file("docs.html", "text/html; charset=utf-8")


@get("/docs/{name:str}", opt=OPEN, include_in_schema=False)
async def docs_file(name: FromPath[str]) -> Response[bytes]:
    """The scripts of the page."""
    if name not in _FILES:
        raise not_found("file")
    path, media_type = _FILES[name]
    return _file(path, media_type)


def _file(path: str, media_type: str) -> Response[bytes]:
    return Response(
        _content(path),
        headers={
            "Content-Type": media_type,
            "Content-Security-Policy": _DOCS_POLICY,
            "Cache-Control": "no-cache",
        },
    )


@cache
def _content(path: str) -> bytes:
    return resources.files(static).joinpath(path).read_bytes()


HANDLERS = [livez, readyz, metrics, openapi, docs, docs_file]
