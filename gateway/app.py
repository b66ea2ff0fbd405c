"""The composition root: builds the rooms, wires them, starts and stops them in order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from ..api.app import create_app
from ..api.deps import Deps, HttpSettings, Readiness
from ..api.server import Server
from ..audit.checkpoints import Checkpoints
from ..modem.bank import Bank
from ..policy.callers import CLI
from ..policy.desk import Desk
from ..policy.filter import WordFilter
from ..policy.hours import QuietHours
from ..policy.keys import Keys
from ..policy.numbers import normalise
from ..policy.people import People
from ..policy.settings import Settings
from ..queue.dispatch import Dispatcher
from ..queue.inbox import InboxSink
from ..queue.recall import Ladder
from ..queue.recovery import recover
from ..queue.reports import ReportSink
from ..queue.ring import Ring
from ..queue.transmitter import PartResult
from ..store.events import Event
from . import run_file
from .audit_door import AuditDoor
from .bank import Ports
from .config import Config
from .house import House
from .metrics import Metrics
from .modem_view import ModemView
from .switchboard import Switchboard

LOCAL_KEY = "this machine"
"""Name of the key the command line on this machine uses; made anew at each start."""
_LOCAL_SCOPES = sorted(CLI.scopes)
GRACE = 4.0
"""Seconds what is on the air gets at SIGTERM before it is recorded as in doubt."""


@dataclass(slots=True)
class Gateway:
    """A running gateway."""

    house: House
    desk: Desk
    keys: Keys
    people: People
    bank: Bank[PartResult]
    dispatcher: Dispatcher
    metrics: Metrics
    server: Server | None = None
    closing: bool = False
    stopped_in: float | None = None
    """Seconds the stop took."""

    def ready(self) -> Readiness:
        """Whether the main job can be done now."""
        reasons: list[str] = []
        if self.closing:
            reasons.append("closing")
        if not any(s.state in {"ready", "sending"} for s in self.bank.statuses()):
            reasons.append("no_modem")
        return Readiness(not reasons, tuple(reasons))
