"""How long a broadcast takes, against the least that the modems need, beside a bare serial loop."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import pytest

from estate_sms.modem.emulator.airlog import Aired
from tests.benchmarks.conftest import NOTICE

from .rivals.bare import send_bare

_MODEMS = 16
LONG = (
    NOTICE
    + "请各户关好水龙头，家中无人者请关总阀；来水后先放水数分钟。如遇困难，请与物业服务中心联系，我们上门协助。"
)
"""Two segments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is sent, at how many seconds a submit, and what is aimed at."""

    modems: int = 16
    submit: float = 0.05
    text: str = NOTICE
    parts: int = 1
    short: int
    """0: at full size only."""
    full: int
    target: float


SCENES = {
    "50ms": Scene(short=320, full=2_000, target=1.10),
    "1s": Scene(submit=1.0, short=48, full=160, target=1.01),
    "10000": Scene(short=0, full=10_000, target=1.10),
    "2parts": Scene(text=LONG, parts=2, short=0, full=1_000, target=1.10),
    "64modems": Scene(modems=64, submit=0.1, short=0, full=3_200, target=1.08),
}


@dataclass(frozen=True, slots=True)
class Run:
    """One broadcast through the gateway; times on ``time.monotonic``."""

    called: float
    accepted: float
    cpu: float
    aired: list[Aired]


@pytest.mark.parametrize("scene", [pytest.param(scene, id=name) for name, scene in SCENES.items()])
def test_makespan(
    open_bench: Callable[..., Any],
    figures: Any,
    numbers: Callable[[int], list[str]],
    size: Callable[[int, int], int],
    tmp_path: Path,
    scene: Scene,
) -> None:
    count, submit = size(scene.short, scene.full), scene.submit
    if not count:
        pytest.skip("at full size only")

    async def broadcast() -> Run:
        async with open_bench(scene.modems, submit) as bench:
            called = time.monotonic()
            await bench.send(numbers(count), text=scene.text)
            accepted, cpu = time.monotonic(), time.process_time()
            await bench.all_delivered(count)
            return Run(called, accepted, time.process_time() - cpu, bench.aired())

    run = figures.run(broadcast)
    sent = Counter(aired.to for aired in run.aired)
    assert set(sent) == set(numbers(count)), "lost"
    assert set(sent.values()) == {scene.parts}, "sent twice"
    begun, ended = _span(run.aired)
    bound = ceil(count / scene.modems) * scene.parts * submit
    # A modem that starts before the call has returned starts the clock; one that starts late does not.
    ratio = (ended - min(begun, run.accepted)) / bound
    what = f" of {scene.parts} parts" if scene.parts > 1 else ""
    name = f"{count} messages{what}, {scene.modems} modems, {submit:g} s a submit:"
    figures.note(f"{name} makespan / bound", ratio, "x", f"<= {scene.target}")
    figures.note(f"{name} same, from the call", (ended - run.called) / bound, "x")
    figures.note(f"{name} median gap between messages", _gap(run.aired) * 1000, "ms")
    pdus = [aired.pdu for aired in run.aired]
    spent = time.process_time()
    bare = send_bare(tmp_path / "bare", pdus, scene.modems, submit)
    spent = time.process_time() - spent
    bare_begun, bare_ended = _span(bare)
    least = (bare_ended - bare_begun) / bound
    figures.note(f"{name} bare serial loop / bound", least, "x")
    figures.note(f"{name} bare serial loop, gap", _gap(bare) * 1000, "ms")
    assert ratio <= 2.5 * least
    if submit < 1:  # else most of it is the idle clock's, not the messages'
        cpu = run.cpu / count * 1000
        figures.note(f"{name} CPU of the gateway", cpu, "ms/message", "<= 1.2")
        figures.note(f"{name} CPU of the bare loop", spent / count * 1000, "ms/message")
        assert cpu <= 3.5 * scene.parts


def test_known_recipients(
    open_bench: Callable[..., Any],
    figures: Any,
    numbers: Callable[[int], list[str]],
    size: Callable[[int, int], int],
) -> None:
    """Everybody gets the second broadcast by the SIM that sent the first, and it takes no longer."""
    count = size(320, 1_200)
    everybody = numbers(count)

    async def twice() -> list[Run]:
        runs: list[Run] = []
        async with open_bench(_MODEMS, 0.05) as bench:
            for people in (everybody, Random(1).sample(everybody, count)):
                before, called = len(bench.aired()), time.monotonic()
                await bench.send(people)
                accepted, cpu = time.monotonic(), time.process_time()
                await bench.all_delivered(count * (len(runs) + 1))
                cpu = time.process_time() - cpu
                runs.append(Run(called, accepted, cpu, bench.aired()[before:]))
        return runs

    first, second = figures.run(twice)
    spans: list[float] = []
    for run in (first, second):
        begun, ended = _span(run.aired)
        spans.append(ended - min(begun, run.accepted))
    by = {aired.to: aired.modem for aired in first.aired}
    kept = sum(by[aired.to] == aired.modem for aired in second.aired) / count
    bound = ceil(count / _MODEMS) * 0.05
    name = f"{count} known recipients:"
    figures.note(f"{name} makespan / bound", spans[1] / bound, "x")
    figures.note(f"{name} ÷ the same, unknown", spans[1] / spans[0], "x", "<= 1.05")
    figures.note(f"{name} by the SIM they know", kept * 100, "%", ">= 80")
    figures.note(f"{name} CPU", second.cpu / count * 1000, "ms/message")
    assert spans[1] <= 2 * spans[0]  # waiting for one's own SIM would make it several times
    assert kept >= 0.5


def _span(aired: list[Aired]) -> tuple[float, float]:
    """First Ctrl-Z and last acceptance."""
    taken = [o.monotonic for a in aired for o in a.outcomes if o.result == "accepted"]
    return min(a.monotonic for a in aired), max(taken)


def _gap(aired: list[Aired]) -> float:
    """Seconds a modem stands idle between an acceptance and its next Ctrl-Z."""
    gaps: list[float] = []
    free: dict[int, float] = {}
    for a in aired:
        if a.modem in free:
            gaps.append(a.monotonic - free[a.modem])
        free[a.modem] = next(o.monotonic for o in a.outcomes if o.result == "accepted")
    return median(gaps)
