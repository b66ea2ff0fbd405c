"""What the HTTP layer needs of the rest of the house; ``gateway`` fills it in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Protocol

from ..policy.callers import Caller
from ..policy.desk import Desk
from ..policy.keys import Keys
from ..policy.operations import Operations
from ..policy.optouts import OptOuts
from ..policy.people import People
from ..policy.word_lists import WordLists
from ..queue.estimate import Capacity
from ..store.store import Store
from ..store.vault import Vault
from .doors import AlarmDoor, AuditDoor, ClockDoor, Modems, PrivacyDoor


class Verifier(Protocol):
    """Knows the caller a token stands for; :class:`~..policy.keys.Keys` is one."""

    async def verify(self, token: str) -> Caller:
        """Raises ``invalid_token`` or ``expired_key`` (401)."""
        ...


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the service can do its main job now, and if not, why."""

    ready: bool
    reasons: tuple[str, ...] = ()
    """Codes such as ``store_unwritable``, ``no_modem``, ``closing``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """Limits and openings of the HTTP layer."""

    max_body: int = 1024 * 1024
    """Octets of a request body: 10,000 recipients and a long text fit."""
    open_probes: bool = False
    """Answer /livez, /readyz, /metrics, /openapi.json and /docs without a token to anyone."""
    heartbeat: float = 15.0
    """Seconds between the comments that keep an event stream open."""
    stream_stall: float = 30.0
    """Seconds an event stream's reader may refuse data before it is dropped."""
    max_streams: int = 64
    """Event streams at once."""
    timezone: tzinfo = UTC
    """In which pages for people tell times."""
    access_linger: float = 0.02
    """Seconds a record of access may wait for company in one commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """Everything the routes use."""

    store: Store
    vault: Vault
    desk: Desk
    operations: Operations
    verifier: Verifier
    keys: Keys
    people: People
    opt_outs: OptOuts
    word_lists: WordLists | None = None
    """``None``: nobody proposes word lists here."""
    modems: Modems
    audit: AuditDoor | None = None
    """``None``: the routes of the log are not offered."""
    privacy: PrivacyDoor | None = None
    """``None``: the routes of rights and registers are not offered."""
    capacity: Callable[[], Sequence[Capacity]] = tuple
    """The SIMs that take work now, for estimates."""
    alarms: AlarmDoor | None = None
    """``None``: nobody watches here."""
    clock: ClockDoor | None = None
    """``None``: the machine's clock is always believed."""
    render_metrics: Callable[[], Awaitable[tuple[bytes, str]]]
    """The metrics page and its media type."""
    readiness: Callable[[], Readiness]
    region: str = "CN"
    """Numbering plan of numbers without a plus sign (ISO 3166 code)."""
    settings: HttpSettings = field(default_factory=HttpSettings)
