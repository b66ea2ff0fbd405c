"""Prometheus metrics: what the rooms tell through their observers, and what the store holds."""

from __future__ import annotations

import sqlite3
from collections import Counter as TallyCounter
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from ..queue.observer import count_fed
from ..queue.priorities import Priority, PriorityName
from ..store.clock import SECOND
from ..store.feed import FeedItem
from ..store.sql import load
from ..store.store import Store

_SQL = load(__name__, "metrics.sql")
_SUBMIT_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 21, 34, 60, 150)


class ModemFacts(Protocol):
    """What a gauge needs to know of a modem."""

    @property
    def label(self) -> str:
        """Its label."""
        ...

    @property
    def usable(self) -> bool:
        """Whether it can send now."""
        ...

    @property
    def signal_dbm(self) -> int | None:
        """Signal strength, ``None`` when unknown."""
        ...


class Metrics:
    """The registry, an ``Observer`` of the queue, and the page at ``/metrics``."""

    def __init__(
        self,
        store: Store,
        modems: Callable[[], Iterable[ModemFacts]],
        audit_head: Callable[[], int],
    ) -> None:
        self._store = store
        self._modems = modems
        self._audit_head = audit_head
        self._submits: TallyCounter[str] = TallyCounter()
        # Looking a series up by its labels costs more than counting: keep what was looked up.
        self._submit_of: dict[str, Histogram] = {}
        self._messages_of: dict[tuple[str, str], Counter] = {}
        # A second series for each counter that nobody asked for; the library left it untyped.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry = CollectorRegistry()
        self._messages = Counter(
            "estate_sms_messages", "Messages that came into a state",
            ["state", "priority"], registry=registry,
        )  # fmt: skip
        self._submit = Histogram(
            "estate_sms_submit_seconds", "From hand-over to the modem's answer, one segment",
            ["modem"], buckets=_SUBMIT_BUCKETS, registry=registry,
        )  # fmt: skip
        self._resting = Counter(
            "estate_sms_resting_seconds", "Seconds a SIM rested because its quota was used",
            ["modem"], registry=registry,
        )  # fmt: skip
        self._recoveries = Counter(
            "estate_sms_modem_recoveries", "Steps of the recovery ladder taken",
            ["modem", "step"], registry=registry,
        )  # fmt: skip
        self._depth = self._gauge("queue_depth", "Messages ready to be sent", "priority")
        self._oldest = self._gauge("oldest_queued_seconds", "Age of the oldest of them", "priority")
        self._up = self._gauge("modem_up", "1 when the modem can send", "modem")
        self._signal = self._gauge("modem_signal_dbm", "Received signal strength", "modem")
        self._doubt = Gauge(
            "estate_sms_in_doubt", "Messages whose answer is unknown", registry=registry
        )
        self._head = Gauge(
            "estate_sms_audit_head_sequence", "Newest sequence of the audit log", registry=registry
        )

    def _gauge(self, name: str, text: str, label: str) -> Gauge:
        return Gauge(f"estate_sms_{name}", text, [label], registry=self.registry)

    def submitted(self, modem: str, seconds: float) -> None:
        """A modem answered for one part."""
        series = self._submit_of.get(modem)
        if series is None:
            series = self._submit_of[modem] = self._submit.labels(modem)
        series.observe(seconds)
        self._submits[modem] += 1

    def submits(self, modem: str) -> int:
        """How many parts a modem has answered for since the start."""
        return self._submits[modem]

    def transition(self, state: str, priority: PriorityName, n: int) -> None:
        """``n`` messages came into ``state``."""
        key = (state, priority)
        series = self._messages_of.get(key)
        if series is None:
            series = self._messages_of[key] = self._messages.labels(state, priority)
        series.inc(n)

    def resting(self, modem: str, seconds: float) -> None:
        """A SIM rests for its quota."""
        self._resting.labels(modem).inc(seconds)

    def recovery(self, modem: str, step: str) -> None:
        """A step was taken to bring a modem back."""
        self._recoveries.labels(modem, step).inc()

    def fed(self, items: Sequence[FeedItem]) -> None:
        """Count the transitions that a commit's feed rows speak of."""
        count_fed(items, self)

    async def render(self) -> tuple[bytes, str]:
        """The page in the Prometheus text format, and its media type."""
        waiting, doubt = await self._store.read(_waiting)
        for priority in Priority:
            count, oldest = waiting.get(priority, (0, 0))
            age = max(0, self._store.now - oldest) / SECOND if count else 0
            self._depth.labels(priority.label).set(count)
            self._oldest.labels(priority.label).set(age)
        self._doubt.set(doubt)
        for modem in self._modems():
            self._up.labels(modem.label).set(modem.usable)
            if modem.signal_dbm is not None:
                self._signal.labels(modem.label).set(modem.signal_dbm)
        self._head.set(self._audit_head())
        return generate_latest(self.registry), CONTENT_TYPE_LATEST


def _waiting(connection: sqlite3.Connection) -> tuple[dict[int, tuple[int, int]], int]:
    rows = connection.execute(_SQL["waiting"]).fetchall()
    doubt = connection.execute(_SQL["in_doubt"]).fetchone()[0]
    return {priority: (count, oldest) for priority, count, oldest in rows}, doubt
