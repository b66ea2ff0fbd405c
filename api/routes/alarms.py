"""Alarms, and the clock."""

from __future__ import annotations

from typing import Annotated

from litestar import get, post
from litestar.params import QueryParameter

from ..auth import ApiRequest, needs
from ..deps import Deps
from ..inject import DepsOf
from ..language import preferred
from ..problems import not_found
from ..shapes.alarms import AlarmList, ClockAnswer
from ..times import moment


@get("/alarms", opt=needs("messages:read"), tags=["alarms"])
async def list_alarms(
    request: ApiRequest,
    deps: DepsOf,
    limit: Annotated[
        int, QueryParameter(ge=1, le=500, description="Alarms at most of those that are over.")
    ] = 100,
) -> AlarmList:
    """Alarms that stand, and the latest that are over.

    An alarm is raised once and cleared once, also over a restart; `message` is in the language of
    the header Accept-Language (zh or en).
    """
    if deps.alarms is None:
        raise not_found("alarm")
    return await deps.alarms.list(limit, preferred(request.headers.get("accept-language")))


@get("/clock", opt=needs("messages:read"), tags=["alarms"])
async def get_clock(deps: DepsOf) -> ClockAnswer:
    """The time that the gateway goes by, and how far the machine's clock is from it."""
    return _clock(deps)


@post("/clock/accept", status_code=200, opt=needs("admin"), tags=["alarms"])
async def accept_clock(request: ApiRequest, deps: DepsOf) -> ClockAnswer:
    """The machine's clock is right: go by it from now on. Audited."""
    if deps.clock is None:
        raise not_found("clock")
    await deps.clock.accept(request.user)
    return _clock(deps)


def _clock(deps: Deps) -> ClockAnswer:
    if deps.clock is None:
        raise not_found("clock")
    state, off = deps.clock.state, round(deps.clock.off, 3)
    return ClockAnswer(state=state, now=moment(deps.store.now), off_seconds=off)


HANDLERS = [list_alarms, get_clock, accept_clock]
