"""Rights of the people behind the numbers, and the registers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class ErasureAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A request to be forgotten; ``certificate`` once the key is gone."""

    id: str
    state: str
    requested_at: datetime
    due_at: datetime
    shredded_at: datetime | None
    certificate: dict[str, Any] | None


class ErasureList(msgspec.Struct, frozen=True, kw_only=True):
    """Requests, newest first."""

    items: list[ErasureAnswer]


class ReportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept about one number: for programs, and in words."""

    data: dict[str, Any]
    text: str

    def __repr__(self) -> str:
        """Without what it holds: a repr may reach a log."""
        return "ReportAnswer()"


class CorrectionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """``batches``: those that carry on for the new number."""

    batches: list[str]
    cancelled: int


class RotationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The generation in use, those destroyed, and how many people's keys live on."""

    generation: int
    destroyed: list[int]
    survivors: int
    on_file: bool
    """False: the key file is not the service's to write; take the old generations out of it."""


class PurgeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How many of each a purge removed."""

    messages: int
    received: int
    reports: int
    texts: int
    subjects: int
    events: int
    """Rows of the event feed."""


class SimAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A SIM of the register; identities are masked."""

    imsi: str
    iccid: str
    imei: str
    modem: str | None
    holder: str
    state: str
    registered_at: datetime | None
    retired_at: datetime | None
    first_seen: datetime | None
    last_seen: datetime | None

    def __repr__(self) -> str:
        """Without the holder."""
        return f"SimAnswer(state={self.state!r})"


class SimList(msgspec.Struct, frozen=True, kw_only=True):
    """The register."""

    items: list[SimAnswer]
