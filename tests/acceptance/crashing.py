"""The gateway with one wire cut: ``CRASH_AT=place:n`` ends it with SIGKILL when it comes to ``place``
for the ``n``-th time. Stands in for the command; the product knows nothing of it.
"""

from __future__ import annotations

import itertools
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from estate_sms.gateway.cli.main import main
from estate_sms.queue.air import Air
from estate_sms.queue.reports import ReportSink
from estate_sms.queue.ring import Ring
from estate_sms.queue.units import Units

_count = itertools.count(1)
_nth = 0


def die() -> None:
    """End like a power switch ends a process."""
    if next(_count) == _nth:
        os.kill(os.getpid(), signal.SIGKILL)


def before(owner: type, name: str) -> None:
    """Die instead of calling it."""
    inner: Callable[..., Any] = getattr(owner, name)

    def call(*args: Any, **given: Any) -> Any:
        die()
        return inner(*args, **given)

    setattr(owner, name, call)


def after(owner: type, name: str, when: Callable[[Any], bool] = lambda _: True) -> None:
    """Die once it was done."""
    inner: Callable[..., Any] = getattr(owner, name)

    def call(*args: Any, **given: Any) -> Any:
        answer = inner(*args, **given)
        if when(answer):
            die()
        return answer

    setattr(owner, name, call)


def soon_after(owner: type, name: str, seconds: float) -> None:
    """Die a little later: what it leads to has happened, its answer has not come."""
    inner: Callable[..., Any] = getattr(owner, name)

    def call(*args: Any, **given: Any) -> Any:
        answer = inner(*args, **given)
        threading.Timer(seconds, die).start()
        return answer

    setattr(owner, name, call)


def after_waiting_for(owner: type, name: str) -> None:
    """Die once the coroutine was awaited to its end."""
    inner: Callable[..., Any] = getattr(owner, name)

    async def call(*args: Any, **given: Any) -> Any:
        answer = await inner(*args, **given)
        die()
        return answer

    setattr(owner, name, call)


def claimed(answer: Any) -> bool:
    """Whether a claim took a message."""
    return any(one.intent is not None for one in answer)


PLACES: dict[str, Callable[[], None]] = {
    "intent": lambda: after(Units, "claim_all", claimed),  # its transaction is not committed yet
    "committed": lambda: before(Air, "hand_over"),
    "prompt": lambda: before(Ring, "begin"),
    "noted": lambda: after(Ring, "begin"),
    "ctrl_z": lambda: soon_after(Ring, "begin", 0.15),
    "cmgs": lambda: before(Ring, "answered"),
    "reference": lambda: after(Ring, "answered"),
    "outcome": lambda: after(Units, "settle"),  # its transaction is not committed yet
    "durable": lambda: before(Ring, "free"),
    "report": lambda: before(ReportSink, "status_report"),
    "reported": lambda: after_waiting_for(ReportSink, "status_report"),
}

if __name__ == "__main__":
    place, _, number = os.environ.get("CRASH_AT", ":0").partition(":")
    _nth = int(number)
    if place:
        PLACES[place]()
    main()
