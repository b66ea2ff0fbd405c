"""The bank of modems."""

from __future__ import annotations

from litestar import get
from msgspec.structs import replace

from ..answers import ModemAnswer, ModemList, masked
from ..auth import needs
from ..inject import DepsOf, Id
from ..problems import not_found


@get("/modems", opt=needs("messages:read"), tags=["modems"])
async def list_modems(deps: DepsOf) -> ModemList:
    """Every modem: identity, operator, signal, state, quotas used, counters."""
    return ModemList([shown(modem) for modem in await deps.modems.statuses()])


@get("/modems/{label:str}", opt=needs("messages:read"), tags=["modems"])
async def get_modem(deps: DepsOf, label: Id) -> ModemAnswer:
    """One modem, by its label."""
    modem = await deps.modems.status(label)
    if modem is None:
        raise not_found("modem")
    return shown(modem)


def shown(modem: ModemAnswer) -> ModemAnswer:
    """A modem without the digits that identify it and its SIM."""
    return replace(modem, imei=masked(modem.imei), iccid=masked(modem.iccid))


HANDLERS = [list_modems, get_modem]
