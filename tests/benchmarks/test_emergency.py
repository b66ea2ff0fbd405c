"""How soon an emergency is on the air behind a backlog, and what went before it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from statistics import median
from typing import Any

import pytest

from estate_sms.modem.emulator.airlog import Aired

MODEMS = 16
SLACK = 0.020
"""Seconds that the target allows beyond the longest message on the air."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An emergency: when its call returned, and the number it went to."""

    returned: float
    number: str


@pytest.mark.parametrize("submit", [0.05, 0.8], ids=["50ms", "800ms"])
def test_emergency_behind_a_backlog(
    open_bench: Callable[..., Any],
    figures: Any,
    numbers: Callable[[int], list[str]],
    size: Callable[[int, int], int],
    submit: float,
) -> None:
    backlog = size(800 if submit < 0.5 else 300, 2_000)
    pauses = [Random(seed).uniform(1, 2) * submit for seed in range(size(8, 25))]
    if submit > 0.5:
        pauses = pauses[: size(4, 12)]

    async def alarms() -> tuple[list[Alarm], list[Aired]]:
        async with open_bench(MODEMS, submit) as bench:
            everyone = numbers(backlog + len(pauses))
            await bench.send(everyone[:backlog], priority="normal")
            raised: list[Alarm] = []
            for number, pause in zip(everyone[backlog:], pauses, strict=True):
                await asyncio.sleep(pause)
                await bench.send([number], text="燃气泄漏，请立即撤离。", purpose="emergency")
                raised.append(Alarm(time.monotonic(), number))
            return raised, await _all_aired(bench, raised)

    raised, aired = figures.run(alarms)
    name = f"emergency behind {backlog}, {submit:g} s a submit:"
    begun = [_begun(alarm, aired) for alarm in raised]
    waits = [max(at - alarm.returned, 0.0) for alarm, at in zip(raised, begun, strict=True)]
    excess = [
        at - _last_free(alarm.returned, aired) for alarm, at in zip(raised, begun, strict=True)
    ]
    beyond = [
        at - _first_free(alarm.returned, aired) for alarm, at in zip(raised, begun, strict=True)
    ]
    between = [_begun_between(alarm, at, aired) for alarm, at in zip(raised, begun, strict=True)]
    overtaking, handed = sum(freed for freed, _ in between), sum(early for _, early in between)
    figures.note(f"{name} median from the answer to Ctrl-Z", median(waits) * 1000, "ms")
    figures.note(f"{name} after the first modem was free", median(beyond) * 1000, "ms")
    target = f"<= {SLACK * 1000:g}"
    figures.note(f"{name} worst after the last was free", max(excess) * 1000, "ms", target)
    figures.note(f"{name} lower class begun in between", overtaking, "messages", "0")
    figures.note(f"{name} already at a modem, not yet on the air", handed, "messages")
    # Without overtaking each would wait for the whole backlog, and sixteen or more would go before it.
    assert median(excess) <= submit
    assert overtaking <= len(raised)
    assert len(aired) < backlog + len(raised), "the backlog ran out: nothing was overtaken"


async def _all_aired(bench: Any, raised: list[Alarm]) -> list[Aired]:
    """The air log once every emergency is answered."""
    async with asyncio.timeout(60):
        while True:
            aired: list[Aired] = bench.aired()
            of = {a.to: a for a in aired}
            found = [of.get(alarm.number) for alarm in raised]
            if all(
                a is not None and any(o.result == "accepted" for o in a.outcomes) for a in found
            ):
                return aired
            await asyncio.sleep(0.02)


def _begun(alarm: Alarm, aired: list[Aired]) -> float:
    found = [a.monotonic for a in aired if a.to == alarm.number]
    assert len(found) == 1, "lost, or sent twice"
    return found[0]


def _free_at(at: float, aired: list[Aired]) -> list[float]:
    """When each message that was on the air at ``at`` had its answer."""
    return [
        outcome.monotonic
        for a in aired
        if a.monotonic <= at
        for outcome in a.outcomes
        if outcome.result == "accepted" and outcome.monotonic > at
    ]


def _last_free(at: float, aired: list[Aired]) -> float:
    return max(_free_at(at, aired), default=at)


def _first_free(at: float, aired: list[Aired]) -> float:
    return min(_free_at(at, aired), default=at)


def _begun_between(alarm: Alarm, begun: float, aired: list[Aired]) -> tuple[int, int]:
    """Messages of lower class with a Ctrl-Z between the answer and the emergency's: by modems that
    became free after the answer, and by modems that had theirs in hand when it was given."""
    busy = {a.modem for a in aired if a.monotonic <= alarm.returned < _answered(a)}
    modems = [a.modem for a in aired if alarm.returned < a.monotonic < begun]
    freed = sum(modem in busy or modems.index(modem) < n for n, modem in enumerate(modems))
    return freed, len(modems) - freed


def _answered(aired: Aired) -> float:
    return next((o.monotonic for o in aired.outcomes if o.result == "accepted"), float("inf"))
