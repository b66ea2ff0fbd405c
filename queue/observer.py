"""What the queue tells whoever counts: an injected Protocol, so that it knows no metrics library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from .priorities import Priority, PriorityName


class Observer(Protocol):
    """Called on the event loop, only for what is durable. Must be cheap and must not raise."""

    def submitted(self, modem: str, seconds: float) -> None:
        """A modem answered for one part: ``seconds`` from hand-over to answer."""

    def transition(self, state: str, priority: PriorityName, n: int) -> None:
        """``n`` messages of this priority came into ``state``."""

    def resting(self, modem: str, seconds: float) -> None:
        """The SIM in ``modem`` is out of quota and rests for ``seconds``."""


class NullObserver:
    """Counts nothing."""

    def submitted(self, modem: str, seconds: float) -> None:
        """Do nothing."""

    def transition(self, state: str, priority: PriorityName, n: int) -> None:
        """Do nothing."""

    def resting(self, modem: str, seconds: float) -> None:
        """Do nothing."""


class _Row(Protocol):
    @property
    def topic(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...


def count_fed(rows: Iterable[_Row], observer: Observer) -> None:
    """Tell ``observer`` of the transitions that rows of the event feed speak of.

    Whatever moved a message (dispatcher, report, cancel) fed it in the same transaction, so a
    reader of the feed counts each move once and none that was rolled back.
    """
    moved: Counter[tuple[str, int]] = Counter()
    for row in rows:
        if row.topic == "message":
            moved[row.kind, row.body["priority"]] += 1
        elif row.topic == "batch" and "moved" in row.body:
            moved[row.body["to"], row.body["priority"]] += row.body["moved"]
    for (state, priority), n in moved.items():
        observer.transition(state, Priority(priority).label, n)
