"""One sick modem never slows another: broadcasts with and without one, on the same bank in one run."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

from estate_sms.modem.emulator.airlog import Aired
from estate_sms.modem.emulator.control import BankControl
from estate_sms.modem.emulator.faults import Fault

from .conftest import Bench

SICK = 0
SICKNESSES = {
    "well": None,
    "chatter of 1,000 lines a second": Fault("chatter", count=10**6, seconds=0.001),
    "prompts a second late": Fault("slow_prompt", count=10**6, seconds=1.0),
    "hangs": Fault("hang"),
}
"""The last one needs no cure."""
LEFT_OUT = 3
"""What the sick modem may have in its hands when it falls ill, and one more."""


def test_one_sick_modem_never_slows_another(
    open_bench: Callable[..., Any],
    figures: Any,
    numbers: Callable[[int], list[str]],
    size: Callable[[int, int], int],
) -> None:
    modems = size(8, 64)
    count = size(4, 8) * (modems - 1)

    async def broadcasts() -> tuple[dict[str, float], dict[str, float], int]:
        spans: dict[str, float] = {}
        cpu: dict[str, float] = {}
        async with open_bench(modems, size(2, 10) / 10) as bench:
            control = BankControl(bench.air_log.parent)
            everybody = numbers(count * (len(SICKNESSES) + 1))
            warm = size(0, 1)  # the first broadcast is a little slower than the next ones
            for n, (name, fault) in enumerate([("first", None)] * warm + [*SICKNESSES.items()]):
                if fault is not None:
                    await asyncio.to_thread(control.fault, SICK, fault)
                before, began = len(bench.aired()), time.process_time()
                await bench.send(everybody[n * count : (n + 1) * count])
                spans[name] = await _span(bench, before, count - LEFT_OUT)
                cpu[name] = (time.process_time() - began) / count
                await asyncio.to_thread(control.fault, SICK, "heal")
                if name != "hangs":
                    await bench.all_delivered((n + 1) * count)
            return spans, cpu, threading.active_count()

    spans, cpu, threads = figures.run(broadcasts)
    for name in SICKNESSES:
        ratio = spans[name] / spans["well"]
        figures.note(
            f"{modems} modems, one {name}: makespan of the others / all well", ratio, "x", "<= 1.1"
        )
        figures.note(f"{modems} modems, one {name}: CPU", cpu[name] * 1000, "ms/message")
        assert ratio <= 3.0
    figures.note(f"{modems} modems: threads of the gateway", threads, "", f"<= {modems + 16}")
    assert threads <= modems + 16


async def _span(bench: Bench, before: int, wanted: int) -> float:
    """From the sound modems' first Ctrl-Z to their last acceptance, once so many went out in all."""
    async with asyncio.timeout(90):
        while True:
            everything = bench.aired()[before:]
            sound = [one for one in everything if one.modem != SICK]
            taken = [at for one in sound for at in _accepted(one)]
            if sum(len(_accepted(one)) for one in everything) >= wanted:
                return max(taken) - min(one.monotonic for one in sound)
            await asyncio.sleep(0.05)


def _accepted(aired: Aired) -> list[float]:
    return [o.monotonic for o in aired.outcomes if o.result == "accepted"]
