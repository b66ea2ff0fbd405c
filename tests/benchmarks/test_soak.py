"""Memory over many messages, on modems that answer at once."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_CALL = 500


def _resident() -> float:
    """MB of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_soak(
    open_bench: Callable[..., Any],
    figures: Any,
    numbers: Callable[[int], list[str]],
    size: Callable[[int, int], int],
) -> None:
    """``ESTATE_SMS_SOAK``: how many messages instead of the size that is usual."""
    count = int(os.environ.get("ESTATE_SMS_SOAK", size(1000, 20_000)))

    async def work() -> tuple[list[float], float]:
        seen: list[float] = []
        async with open_bench(32, 0.005) as bench:
            began = time.monotonic()
            for sent in range(0, count, _CALL):
                await bench.send(numbers(_CALL))
                while await bench.waiting() > _CALL:  # noqa: ASYNC110 - cheap
                    await asyncio.sleep(0.1)
                if sent % (count // 10) == 0:
                    seen.append(_resident())
            while (await bench.states()).get("delivered", 0) < count:  # noqa: ASYNC110 - cheap
                await asyncio.sleep(0.5)
            return [*seen, _resident()], time.monotonic() - began

    seen, seconds = figures.run(work)
    name = f"{count:,} messages through 32 modems"
    figures.note(f"{name}: rate", count / seconds, "messages/s")
    figures.note(f"{name}: memory after a fifth", seen[2], "MB")
    figures.note(f"{name}: memory at the end", seen[-1], "MB", "flat")
    assert seen[-1] < seen[2] * 1.5
