"""When a batch will be handed over: from the rate of the last minutes. An estimate, no promise."""

from __future__ import annotations

import math
import sqlite3

from ..store.clock import SECOND
from ..store.sql import load

_SQL = load(__name__, "batches.sql")

WINDOW = 300 * SECOND
"""How far back the rate is measured."""
FEW = 10
"""Below so many parts in the window, the rate is not measured but assumed."""
ASSUMED = 5.0
"""Seconds a modem takes for one segment while nothing was measured."""


def rate(parts: int, sims: int, seconds: float, ready_modems: int) -> float:
    """Segments a second that ``ready_modems`` send, when ``sims`` sent ``parts`` in ``seconds``."""
    if parts < FEW or sims < 1 or seconds <= 0:
        return ready_modems / ASSUMED
    return parts / seconds * ready_modems / sims


def eta_seconds(
    connection: sqlite3.Connection, batch: str, now: int, ready_modems: int
) -> int | None:
    """Seconds until the last message of ``batch`` (public id) is handed over, about.

    0 when nothing of it is left to send; ``None`` when nobody can say: it is held or paused, no
    modem is ready, or there is no such batch. ``now`` in microseconds since 1970 UTC.
    """
    row = connection.execute(_SQL["remaining"], (batch,)).fetchone()
    if row is None or row[1] in {"held", "paused"}:
        return None
    messages: int
    segments: int
    starts_at: int
    batch_id, _, priority, messages, segments, rank, starts_at = row
    if not messages:
        return 0
    if ready_modems < 1:
        return None
    asked = {"batch": batch_id, "priority": priority, "rank": rank}
    ahead: int = connection.execute(_SQL["ahead"], asked).fetchone()[0]
    parts, sims, since = connection.execute(_SQL["handed_over"], (now - WINDOW,)).fetchone()
    speed = rate(parts, sims, (now - since) / SECOND, ready_modems)
    wait = max(starts_at - now, 0) / SECOND
    return math.ceil(wait + (ahead + segments) / speed)
