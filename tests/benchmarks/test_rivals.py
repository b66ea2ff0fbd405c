"""smstools3 and gammu-smsd on the same emulated modems as the gateway, in one run, in one table.

``ESTATE_SMS_BENCH=rivals pytest tests/benchmarks/test_rivals.py -k test_rivals`` after
``tests/benchmarks/rivals/unpack.sh .venv``: twenty minutes.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .rivals.comparison import FAST, PROGRAMS, Comparison
from .rivals.ours import Ours
from .rivals.scenes import broadcast
from .rivals.smstools import Smstools
from .rivals.table import lines

RIVALS = os.environ.get("ESTATE_SMS_BENCH") == "rivals"


def test_a_rival_is_understood(tmp_path: Path) -> None:
    """What is measured of a rival is real: all sent, once each, time and cost above zero."""
    outcome = Comparison(tmp_path).once(Smstools, 32, FAST, broadcast)
    assert (outcome.lost, outcome.twice) == (0, 0)
    assert outcome.ratio >= 1
    assert outcome.cpu > 0
    assert outcome.memory > 1
    assert outcome.says.endswith("sent, 0 failed")


@pytest.mark.skipif(not RIVALS, reason="ESTATE_SMS_BENCH=rivals: twenty minutes")
@pytest.mark.timeout(3600)
def test_rivals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    comparison = Comparison(tmp_path)
    try:
        comparison.play()
    finally:
        with capsys.disabled():
            versions = ", ".join(f"{kind.name} {kind.version()}" for kind in PROGRAMS)
            print("", versions, *lines(comparison.rows), sep="\n")
    for row in comparison.rows:
        if row.program == Ours.name:
            assert [(run.lost, run.twice) for run in row.runs] == [(0, 0)] * len(row.runs)
