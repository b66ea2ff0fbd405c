"""What a program's processes cost: CPU time and memory, read from ``/proc``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """Of some processes and all they started."""

    cpu: float
    """Seconds, children that ended included."""
    memory: float
    """MB of RSS, pages that several processes share divided among them."""


def usage(roots: Iterable[int]) -> Usage:
    """Of ``roots`` and their descendants."""
    cpu = memory = 0.0
    for pid in _descendants(set(roots)):
        with suppress(OSError):
            cpu += sum(map(int, _fields(pid)[11:15])) / _TICK
            memory += _proportional(pid)
    return Usage(cpu, memory)


def _fields(pid: int) -> list[str]:
    """Of ``/proc/PID/stat``, from the state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _descendants(found: set[int]) -> set[int]:
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(folder.name)] = int(_fields(int(folder.name))[1])
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _proportional(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
