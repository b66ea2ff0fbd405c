"""Who does not want which messages."""

from __future__ import annotations

from typing import Annotated

from litestar import delete, get, put
from litestar.params import FromPath, PathParameter

from ...store.clock import to_datetime
from ..access import note
from ..answers import OptOutAnswer, OptOutList
from ..auth import ApiRequest, needs
from ..inject import DepsOf

_ADMIN = needs("admin")
_PATH = "/numbers/{number:str}/opt-outs/{purpose:str}"


@get("/opt-outs", opt=_ADMIN, tags=["opt-outs"])
async def list_opt_outs(request: ApiRequest, deps: DepsOf) -> OptOutList:
    """Every opt-out, oldest first; holders whose data was erased are left out."""
    entries = await deps.opt_outs.list(request.user)
    await note(deps, request.user, "opt_out_list", count=len(entries))
    return OptOutList(
        [
            OptOutAnswer(
                number=entry.number,
                purpose=entry.purpose,
                source=entry.source,
                at=to_datetime(entry.at),
            )
            for entry in entries
        ]
    )


@put(_PATH, status_code=204, opt=_ADMIN, tags=["opt-outs"])
async def add_opt_out(
    request: ApiRequest,
    deps: DepsOf,
    number: Annotated[str, PathParameter(max_length=40)],
    purpose: FromPath[str],
) -> None:
    """Opt a number out of a purpose; twice is no error.

    Nobody can opt out of `emergency` and `statutory` messages: 422 `opt_out_impossible`.
    """
    await deps.opt_outs.add(request.user, number, purpose)


@delete(_PATH, status_code=204, opt=_ADMIN, tags=["opt-outs"])
async def remove_opt_out(
    request: ApiRequest,
    deps: DepsOf,
    number: Annotated[str, PathParameter(max_length=40)],
    purpose: FromPath[str],
) -> None:
    """Take an opt-out back, at the holder's wish."""
    await deps.opt_outs.remove(request.user, number, purpose)


HANDLERS = [list_opt_outs, add_opt_out, remove_opt_out]
