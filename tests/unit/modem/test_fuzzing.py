"""A short run of :mod:`.fuzzing`."""

from __future__ import annotations

import pytest

from .fuzzing import TARGETS, run


@pytest.mark.parametrize("target", TARGETS)
def test_whatever_octets_come(target: str) -> None:
    run(target, 5_000, seed=2)
