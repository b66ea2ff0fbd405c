"""The rooms that the HTTP layer asks, as it sees them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Protocol

from ..estate.blocks import Block
from ..estate.disclosure import Disclosures
from ..policy.callers import Caller
from ..policy.errors import Language
from .answers import LogHead, ModemAnswer
from .shapes.alarms import AlarmList
from .shapes.anchors import AnchorList
from .shapes.privacy import (
    CorrectionAnswer,
    ErasureAnswer,
    PurgeAnswer,
    ReportAnswer,
    RotationAnswer,
    SimAnswer,
)


class Modems(Protocol):
    """The bank and the SIM ledger as the API shows them."""

    async def statuses(self) -> Sequence[ModemAnswer]:
        """Every modem, in the order of the configuration."""
        ...

    async def status(self, label: str) -> ModemAnswer | None:
        """One modem, or ``None``."""
        ...


class AuditDoor(Protocol):
    """The sealed log as the API shows it."""

    async def head(self) -> LogHead:
        """The newest signed checkpoint."""
        ...

    async def anchor(self, caller: Caller, kind: str, by: str = "") -> LogHead:
        """Have the newest head anchored outside (``sms``, ``witness``, ``paper``)."""
        ...

    async def blocks(self, limit: int) -> Sequence[Block]:
        """The newest texts that the word filter stopped."""
        ...

    async def block_report(self, sequence: int) -> str:
        """The form of a report about one of them. Raises ``not_found``."""
        ...

    async def anchors(self, limit: int) -> AnchorList:
        """The newest anchors, newest first."""
        ...

    async def export(
        self,
        caller: Caller,
        *,
        since: int | None,
        until: int | None,
        recipient: str | None,
        sealed: bool = False,
    ) -> Path:
        """Write an export (microseconds since 1970 UTC; ``recipient`` a public key) and record
        that it was made; the caller of this removes the file."""
        ...


class AlarmDoor(Protocol):
    """Alarms as the API shows them."""

    async def list(self, limit: int, language: Language) -> AlarmList:
        """Those that stand, then the latest that are over."""
        ...


class ClockDoor(Protocol):
    """The time that the gateway goes by."""

    @property
    def state(self) -> str:
        """``sure``, ``apart`` or ``unknown``."""
        ...

    @property
    def off(self) -> float:
        """Seconds by which the machine's clock is ahead of it."""
        ...

    async def accept(self, caller: Caller) -> float:
        """Take the machine's clock; the seconds it moved by."""
        ...


class PrivacyDoor(Protocol):
    """Rights of the people behind the numbers, as the API shows them."""

    disclosures: Disclosures
    """Requests for a ledger with numbers and texts as they are."""

    async def erase(self, caller: Caller, number: str, reason: str) -> ErasureAnswer:
        """Restrict or shred."""
        ...

    async def erasures(self, caller: Caller) -> list[ErasureAnswer]:
        """Requests, newest first."""
        ...

    async def erasure(self, caller: Caller, erasure: str) -> ErasureAnswer:
        """One request."""
        ...

    async def report(self, caller: Caller, number: str) -> ReportAnswer:
        """All that is kept about a number."""
        ...

    async def correct(
        self, caller: Caller, before: str, after: str, reason: str
    ) -> CorrectionAnswer:
        """A person's number changed."""
        ...

    async def ledger(
        self,
        caller: Caller,
        *,
        since: int | None,
        until: int | None,
        disclosure: str | None = None,
    ) -> AsyncIterator[str]:
        """Pages of CSV; a refusal is raised before the first."""
        ...

    async def rotate(self, caller: Caller) -> RotationAnswer:
        """A new key-encryption key."""
        ...

    async def purge(self, caller: Caller) -> PurgeAnswer:
        """The nightly purge, now."""
        ...

    async def sims(self, caller: Caller) -> list[SimAnswer]:
        """The register."""
        ...

    async def register_sim(self, caller: Caller, sim: str, holder: str) -> None:
        """Declare a SIM."""
        ...

    async def retire_sim(self, caller: Caller, sim: str) -> None:
        """Take a SIM out of use."""
        ...
