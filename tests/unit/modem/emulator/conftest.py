from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from estate_sms.modem.emulator.bench import Bench
from estate_sms.modem.emulator.settings import Settings

MakeBench = Callable[..., Bench]


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[MakeBench]:
    made: list[Bench] = []

    def make(settings: Settings | None = None, count: int = 1, *, quiet: bool = True) -> Bench:
        bench = Bench(tmp_path, settings, count)
        made.append(bench)
        for modem in range(count if quiet else 0):
            bench.say("ATE0\rAT+CMEE=1\rAT+CNMI=2,1,0,1,0\r", modem)
        return bench

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench()
