"""The register of SIMs and modems (反电信网络诈骗法 art. 9-14; row R29).

The estate declares its SIMs with their real-name holder; the bank reports what it sees. What was
seen and never declared stands out, raises an alarm, and is refused where the settings say so.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ..policy.callers import Caller
from ..policy.errors import PolicyError
from ..policy.names import name as plain_name
from ..store.alarms import clear_alarm, raise_alarm
from ..store.events import Event
from ..store.sql import load
from ..store.store import Store
from ..store.unit import UnitOfWork

_SQL = load(__name__, "sims.sql")
_IMSI = re.compile(r"\d{14,15}")
Doubt = Literal["", "sim_unregistered", "modem_unregistered"]
"""What the register has against a SIM in a modem: nobody declared the SIM; or it is declared, but was
put into a modem that no declared SIM was in when it was declared, nor as its first."""
_ALARMS: tuple[Doubt, ...] = ("sim_unregistered", "modem_unregistered")
_TAIL = re.compile(r"[0-9A-Fa-f]{4,22}")


def masked(identity: str) -> str:
    """An IMSI, ICCID or IMEI with its last four characters alone."""
    return f"…{identity[-4:]}" if identity else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sim:
    """One entry. Times in microseconds since 1970 UTC."""

    imsi: str = field(repr=False)
    iccid: str = field(repr=False)
    holder: str = field(repr=False)
    """The real-name holder as declared; empty when nobody declared it."""
    registered_at: int | None
    retired_at: int | None
    first_seen: int | None
    last_seen: int | None
    imei: str | None = field(repr=False)
    """Of the modem it was seen in last."""
    label: str | None

    @property
    def state(self) -> str:
        """``registered``, ``retired`` or ``unknown``."""
        if self.registered_at is None:
            return "unknown"
        return "registered" if self.retired_at is None else "retired"


class SimRegister:
    """Verbs over ``sim`` and ``modem_unit``. ``required``: only what is registered may send."""

    def __init__(self, store: Store, *, required: bool = False) -> None:
        self._store = store
        self.required = required
        """Whether only registered SIMs, in known modems, may send."""
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Have ``listener`` called on the event loop after every entry made by hand."""
        self._listeners.append(listener)

    async def seen(self, label: str, imei: str, imsi: str, iccid: str) -> Doubt:
        """A modem reports itself and its SIM; what the register has against it.

        A pair seen for the first time is recorded; a doubtful one raises an alarm.
        """

        def unit(uow: UnitOfWork) -> Doubt:
            new = uow.execute(_SQL["is_new"], (imei, imsi)).fetchone()[0]
            uow.execute(_SQL["seen_sim"], (imsi, iccid, uow.now))
            uow.execute(_SQL["seen_unit"], (imei, imsi, label, uow.now))
            known, at_home = uow.execute(_SQL["known"], (imsi, imei)).fetchone()
            doubt: Doubt = "sim_unregistered"
            if known:
                doubt = "" if at_home else "modem_unregistered"
            refused = bool(doubt) and self.required
            if new or refused:
                result = "refused" if refused else "unknown" if doubt else "registered"
                who = {"imei": masked(imei), "imsi": masked(imsi), "iccid": masked(iccid)}
                uow.record(
                    Event(
                        kind="sys", action="sim.seen", object=label, result=result,
                        reason=doubt, details=who,
                    )
                )  # fmt: skip
            for code in _ALARMS:
                if code == doubt and not refused and new and doubt == "sim_unregistered":
                    # Where nobody has to declare SIMs it would stand for ever: a mere happening.
                    uow.feed("alarm", code, label, {"refused": False})
                elif code == doubt and (new or refused):
                    raise_alarm(uow, code, label, {"refused": refused})
                elif code != doubt:
                    clear_alarm(uow, code, label, {})
            return doubt

        return await self._store.write(unit, linger=0.1)

    async def register(self, caller: Caller, sim: str, holder: str) -> None:
        """Declare a SIM with its real-name ``holder``, and the modems it was seen in as the estate's;
        scope ``admin``. ``sim``: an IMSI, or the end of the IMSI or ICCID of one that was seen.
        Raises ``not_found``, ``name_invalid``."""
        caller.require("admin")
        holder = plain_name(holder)

        def unit(uow: UnitOfWork) -> None:
            imsi = _one(uow.connection, sim, new=True)
            uow.execute(_SQL["register"], (imsi, holder, uow.now))
            for (label,) in uow.execute(_SQL["labels"], (imsi,)).fetchall():
                for code in _ALARMS:
                    clear_alarm(uow, code, label, {})
            _tell(uow, "sim.register", caller, imsi)

        await self._change(unit)

    async def retire(self, caller: Caller, sim: str) -> None:
        """Take a SIM out of use; it stays in the register. Scope ``admin``."""
        caller.require("admin")

        def unit(uow: UnitOfWork) -> None:
            imsi = _one(uow.connection, sim, new=False)
            if uow.execute(_SQL["retire"], (uow.now, imsi)).rowcount:
                _tell(uow, "sim.retire", caller, imsi)

        await self._change(unit)

    async def _change(self, unit: Callable[[UnitOfWork], None]) -> None:
        await self._store.write(unit)
        for listener in self._listeners:
            listener()

    async def list(self, caller: Caller) -> list[Sim]:
        """Every SIM, registered ones first. Scope ``admin``."""
        caller.require("admin")
        return await self._store.read(_all)


def _all(connection: sqlite3.Connection) -> list[Sim]:
    found: list[Sim] = []
    for row in connection.execute(_SQL["all"]).fetchall():
        imsi, iccid, holder, registered, retired, first, last, imei, label = row
        found.append(
            Sim(
                imsi=imsi, iccid=iccid, holder=holder, registered_at=registered,
                retired_at=retired, first_seen=first, last_seen=last, imei=imei, label=label,
            )
        )  # fmt: skip
    return found


def _one(connection: sqlite3.Connection, named: str, *, new: bool) -> str:
    """The IMSI that is meant. A whole IMSI may be ``new``."""
    named = named.strip().lstrip("…")
    if not _TAIL.fullmatch(named):
        raise PolicyError("not_found", what="SIM")
    found = [row[0] for row in connection.execute(_SQL["find"], (named,)).fetchall()]
    if len(found) == 1:
        return str(found[0])
    if not found and new and _IMSI.fullmatch(named):
        return named
    raise PolicyError("not_found", what="single SIM of that name")


def _tell(uow: UnitOfWork, action: str, caller: Caller, imsi: str) -> None:
    details = {"imsi": masked(imsi)}
    uow.record(Event(kind="config", action=action, actor=caller.actor, details=details))
