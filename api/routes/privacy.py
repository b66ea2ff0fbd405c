"""Rights of the people behind the numbers: erasure, copy, correction; ledger, registers, keys.

Numbers stand in bodies, never in paths: a path may reach a log.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from litestar import get, post
from litestar.params import JSONBody
from litestar.response import Stream

from ..auth import ApiRequest, needs
from ..bodies import CorrectionBody, ErasureBody, LedgerBody, NumberBody, SimBody, SimName
from ..body import JsonBody
from ..deps import Deps
from ..doors import PrivacyDoor
from ..inject import DepsOf, Id
from ..shapes.privacy import (
    CorrectionAnswer,
    ErasureAnswer,
    ErasureList,
    PurgeAnswer,
    ReportAnswer,
    RotationAnswer,
    SimList,
)
from ..times import instant

_ADMIN = needs("admin")
_TAGS = ["privacy"]


def _door(deps: Deps) -> PrivacyDoor:
    assert deps.privacy is not None
    return deps.privacy


@get("/privacy/erasures", opt=_ADMIN, tags=_TAGS)
async def list_erasures(request: ApiRequest, deps: DepsOf) -> ErasureList:
    """Requests to be forgotten, newest first."""
    return ErasureList(items=await _door(deps).erasures(request.user))


@get("/privacy/erasures/{erasure_id:str}", opt=_ADMIN, tags=_TAGS)
async def get_erasure(request: ApiRequest, deps: DepsOf, erasure_id: Id) -> ErasureAnswer:
    """One request, with its certificate once the key is gone."""
    return await _door(deps).erasure(request.user, erasure_id)


@post("/privacy/erasures", dto=JsonBody[ErasureBody], return_dto=None, opt=_ADMIN, tags=_TAGS)
async def erase(request: ApiRequest, deps: DepsOf, data: JSONBody[ErasureBody]) -> ErasureAnswer:
    """Forget a number: at once, or restricted until the ledger's time is over."""
    return await _door(deps).erase(request.user, data.number, data.reason)


@post(
    "/privacy/reports", status_code=200, dto=JsonBody[NumberBody], return_dto=None, opt=_ADMIN,
    tags=_TAGS,
)  # fmt: skip
async def report(request: ApiRequest, deps: DepsOf, data: JSONBody[NumberBody]) -> ReportAnswer:
    """All that is kept about a number, for its holder. That it was asked for is recorded."""
    return await _door(deps).report(request.user, data.number)


@post(
    "/privacy/corrections", status_code=200, dto=JsonBody[CorrectionBody], return_dto=None,
    opt=_ADMIN, tags=_TAGS,
)  # fmt: skip
async def correct(
    request: ApiRequest, deps: DepsOf, data: JSONBody[CorrectionBody]
) -> CorrectionAnswer:
    """A person's number changed: what waits for the old one goes to the new one."""
    return await _door(deps).correct(request.user, data.before, data.after, data.reason)


@post(
    "/privacy/ledger", status_code=200, dto=JsonBody[LedgerBody], return_dto=None,
    opt=needs("audit"), media_type="text/csv", tags=_TAGS,
)  # fmt: skip
async def ledger(request: ApiRequest, deps: DepsOf, data: JSONBody[LedgerBody]) -> Stream:
    """The message ledger of a period as CSV, numbers masked and personal texts left out.

    With `disclosure`, which another person allowed, everything as it is, once: needs `admin`.
    """
    since, until = instant(data.from_, "from"), instant(data.to, "to")
    pages: AsyncIterator[str] = await _door(deps).ledger(
        request.user, since=since, until=until, disclosure=data.disclosure
    )
    return Stream(pages, media_type="text/csv; charset=utf-8")


@post("/privacy/key-rotations", status_code=200, opt=_ADMIN, tags=_TAGS)
async def rotate(request: ApiRequest, deps: DepsOf) -> RotationAnswer:
    """A new key-encryption key, and the old one destroyed: old backups stay closed from then on."""
    return await _door(deps).rotate(request.user)


@post("/privacy/purges", status_code=200, opt=_ADMIN, tags=_TAGS)
async def purge(request: ApiRequest, deps: DepsOf) -> PurgeAnswer:
    """The nightly purge, now."""
    return await _door(deps).purge(request.user)


@get("/privacy/sims", opt=_ADMIN, tags=_TAGS)
async def list_sims(request: ApiRequest, deps: DepsOf) -> SimList:
    """The register of SIMs and the modems they were seen in."""
    return SimList(items=await _door(deps).sims(request.user))


@post(
    "/privacy/sims", status_code=204, dto=JsonBody[SimBody], return_dto=None, opt=_ADMIN, tags=_TAGS
)
async def register_sim(request: ApiRequest, deps: DepsOf, data: JSONBody[SimBody]) -> None:
    """Declare a SIM with its real-name holder."""
    await _door(deps).register_sim(request.user, data.sim, data.holder)


@post(
    "/privacy/sims/retire", status_code=204, dto=JsonBody[SimName], return_dto=None, opt=_ADMIN,
    tags=_TAGS,
)  # fmt: skip
async def retire_sim(request: ApiRequest, deps: DepsOf, data: JSONBody[SimName]) -> None:
    """Take a SIM out of use; it stays in the register."""
    await _door(deps).retire_sim(request.user, data.sim)


HANDLERS = [
    list_erasures, get_erasure, erase, report, correct, ledger, rotate, purge, list_sims,
    register_sim, retire_sim,
]  # fmt: skip
