"""Rights, registers and keys as the API and the command line ask for them; and the night's work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import structlog

from ..api.shapes.privacy import (
    CorrectionAnswer,
    ErasureAnswer,
    PurgeAnswer,
    ReportAnswer,
    RotationAnswer,
    SimAnswer,
)
from ..audit.errors import KeysError
from ..audit.rotation import Rotated, rotate, uncovered
from ..estate import correction
from ..estate import report as reports
from ..estate.disclosure import Disclosures
from ..estate.erasure import DAY, Erasure, Erasures
from ..estate.ledger import ledger
from ..estate.retention import Purge
from ..estate.sims import SimRegister, masked
from ..policy import idempotency
from ..policy.callers import Caller
from ..policy.desk import Desk
from ..policy.errors import PolicyError
from ..queue.inbox_parts import refingerprint
from ..store.clock import to_datetime
from ..store.errors import StoreClosedError, StoreError
from ..store.unit import UnitOfWork
from .config import Config
from .house import House
from .person_records import PersonRecords
from .proofs import ShredProofs


class Privacy:
    """One for an open house. ``desk``: for corrections, which reach into the queue."""

    def __init__(self, config: Config, house: House, desk: Desk) -> None:
        kept, region = config.kept, config.sms.region
        store, vault = house.store, house.vault
        self._house = house
        self._desk = desk
        self._region = region
        self._rotate_days = config.audit.rotate_days
        self.erasures_ = Erasures(
            store, vault, region, ShredProofs(store, house.log, house.keys), kept.message_days
        )
        self.purge_ = Purge(store, vault, kept)
        self.disclosures = Disclosures(store)
        self.register = SimRegister(store, required=config.sims.registered_only)
        self._rotating = asyncio.Lock()

    async def erase(self, caller: Caller, number: str, reason: str) -> ErasureAnswer:
        """Restrict or shred."""
        return _erasure(await self.erasures_.erase(caller, number, reason))

    async def erasures(self, caller: Caller) -> list[ErasureAnswer]:
        """Requests, newest first."""
        return [_erasure(found) for found in await self.erasures_.list(caller)]

    async def erasure(self, caller: Caller, erasure: str) -> ErasureAnswer:
        """One request."""
        return _erasure(await self.erasures_.get(caller, erasure))

    async def report(self, caller: Caller, number: str) -> ReportAnswer:
        """All that is kept about a number."""
        house = self._house
        found = await reports.report(
            house.store, house.vault, self._region, PersonRecords(house), caller, number
        )
        return ReportAnswer(data=found, text=reports.in_words(found))

    async def correct(
        self, caller: Caller, before: str, after: str, reason: str
    ) -> CorrectionAnswer:
        """A person's number changed."""
        done = await correction.correct(self._desk, caller, before, after, reason)
        return CorrectionAnswer(batches=list(done.batches), cancelled=done.cancelled)

    async def ledger(
        self,
        caller: Caller,
        *,
        since: int | None,
        until: int | None,
        disclosure: str | None = None,
    ) -> AsyncIterator[str]:
        """Pages of CSV; a refusal is raised here, before the first."""
        house = self._house
        pages = ledger(house.store, house.vault, caller, since, until, disclosure=disclosure)
        first = await anext(pages)

        async def all_pages() -> AsyncIterator[str]:
            yield first
            async for page in pages:
                yield page

        return all_pages()

    async def rotate(self, caller: Caller) -> RotationAnswer:
        """A new key-encryption key. Raises ``key_file_read_only``."""
        caller.require("admin")
        done = await self.rotate_keys(caller.actor)
        return RotationAnswer(
            generation=done.generation,
            destroyed=list(done.destroyed),
            survivors=done.survivors,
            on_file=done.on_file,
        )

    async def rotate_keys(self, actor: str) -> Rotated:
        """:meth:`rotate` as the night does it."""
        house = self._house

        def parts(uow: UnitOfWork, _: object) -> None:
            refingerprint(uow, house.vault)

        async with self._rotating:
            if not house.keys.replaceable and not house.keys.retiring:
                raise PolicyError("key_file_read_only", path=str(house.keys.path))
            follow = [idempotency.reseal, parts]
            return await rotate(house.store, house.keys, house.vault, follow, actor)

    async def purge(self, caller: Caller) -> PurgeAnswer:
        """The nightly purge, now."""
        caller.require("admin")
        await self.erasures_.sweep()
        return PurgeAnswer(**asdict(await self.purge_.run()))

    async def sims(self, caller: Caller) -> list[SimAnswer]:
        """The register, identities masked."""
        return [
            SimAnswer(
                imsi=masked(sim.imsi),
                iccid=masked(sim.iccid),
                imei=masked(sim.imei or ""),
                modem=sim.label,
                holder=sim.holder,
                state=sim.state,
                registered_at=_moment(sim.registered_at),
                retired_at=_moment(sim.retired_at),
                first_seen=_moment(sim.first_seen),
                last_seen=_moment(sim.last_seen),
            )
            for sim in await self.register.list(caller)
        ]

    async def register_sim(self, caller: Caller, sim: str, holder: str) -> None:
        """Declare a SIM."""
        await self.register.register(caller, sim, holder)

    async def retire_sim(self, caller: Caller, sim: str) -> None:
        """Take a SIM out of use."""
        await self.register.retire(caller, sim)

    async def nightly(self, at: str, zone: ZoneInfo) -> None:
        """Every night: shred what is due, purge what is old, finish a rotation. Until cancelled.

        A night that was missed is made up for at the start.
        """
        while True:
            try:
                await self._night()
            except StoreClosedError:
                return
            except (StoreError, KeysError, PolicyError) as error:
                structlog.get_logger("privacy").warning("purge", error=type(error).__name__)
            await asyncio.sleep(until(at, datetime.now(zone)))

    async def _night(self) -> None:
        await self.erasures_.sweep()
        await self.purge_.run()
        await self.rotate_if_due()

    async def rotate_if_due(self) -> None:
        """Finish a rotation; begin one before a destroyed key has lived on in copies for too long."""
        house, days = self._house, self._rotate_days
        due = bool(house.keys.retiring)
        if days and not due:
            first = await house.store.read(uncovered)
            due = first is not None and first <= house.store.now - (days - 1) * DAY
        if not due:
            return
        kind = "key_rotated" if house.keys.replaceable else "key_rotation_due"
        if house.keys.replaceable or house.keys.retiring:
            await self.rotate_keys("system")
        await house.store.write(lambda uow: uow.feed("alarm", kind, "privacy"))
        structlog.get_logger("privacy").warning(kind, path=str(house.keys.path))


def until(at: str, now: datetime) -> float:
    """Seconds from ``now`` until the next ``HH:MM`` of its zone, at least a minute."""
    hour, minute = (int(piece) for piece in at.split(":"))
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if then <= now + timedelta(minutes=1):
        then += timedelta(days=1)
    return max(60.0, then.timestamp() - now.timestamp())


def _erasure(found: Erasure) -> ErasureAnswer:
    text = found.certificate
    return ErasureAnswer(
        id=found.id,
        state=found.state,
        requested_at=to_datetime(found.requested_at),
        due_at=to_datetime(found.due_at),
        shredded_at=_moment(found.shredded_at),
        certificate=None if text is None else msgspec.json.decode(text, type=dict[str, Any]),
    )


def _moment(at: int | None) -> datetime | None:
    return None if at is None else to_datetime(at)
