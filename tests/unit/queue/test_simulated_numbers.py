"""The simulation behind the figures in docs/benchmarks.md runs, and the rule stays precise in it."""

from __future__ import annotations

import runpy
from pathlib import Path


def test_the_rule_on_a_small_population(root: Path) -> None:
    simulation = runpy.run_path(str(root / "scripts" / "simulate-numbers"))
    results = simulation["curve"](simulation["World"](vacancy=0.05), 2_000, 7)
    assert results[6].precision > 0.97
    assert results[1].recall == 0, "never by one notice"
    assert results[6].recall > 0.7
    assert results[6].accuracy > results[6].trivial
