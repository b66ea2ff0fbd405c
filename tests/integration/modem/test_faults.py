"""Faults in the middle of a broadcast on eight modems: nothing lost, nothing sent twice.

``ESTATE_SMS_BENCH=full`` runs every fault with 500 messages and prints the table of
``docs/benchmarks.md``.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from estate_sms.modem.emulator.faults import Fault
from estate_sms.queue import patience, units
from estate_sms.store.clock import SECOND

from .broadcast import Outcome, estate

FULL = os.environ.get("ESTATE_SMS_BENCH") == "full"


class Case(NamedTuple):
    """A fault; ``doubt``: messages it may leave in doubt; ``heal``: seconds until it is ended."""

    fault: Fault
    doubt: int = 0
    heal: float | None = None
    short: bool = False
    """Part of the short run."""


CASES = {
    "hang before Ctrl-Z": Case(Fault("hang_before_ctrl_z", skip=3), doubt=1),
    "hang after Ctrl-Z": Case(Fault("hang_after_ctrl_z", skip=3), doubt=1),
    "unplug before Ctrl-Z": Case(Fault("unplug_before_ctrl_z", skip=3, seconds=0.5), short=True),
    "unplug after Ctrl-Z": Case(Fault("unplug_after_ctrl_z", skip=3, seconds=0.5), doubt=1),
    "answer lost": Case(Fault("answer_lost", skip=3), doubt=1),
    "SIM out": Case(Fault("sim_out"), heal=0.5, short=True),
    "network lost": Case(Fault("network_lost"), heal=0.5),
    "storage full": Case(Fault("storage_full"), heal=0.5),
    "slow prompt": Case(Fault("slow_prompt", skip=3, seconds=1.0)),
    "4 kB of random bytes": Case(Fault("random_bytes", size=4096), short=True),
    "reset after Ctrl-Z": Case(Fault("reset_after_ctrl_z", skip=3), doubt=1),
    "power lost": Case(Fault("power_cycle", seconds=0.3), doubt=1),
    "port renumbered": Case(Fault("renumber", seconds=0.3), doubt=1, short=True),
    "echo on": Case(Fault("echo_on")),
}
_table: list[str] = []


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    """Print what was measured when all is done."""
    yield
    if FULL:
        print("\n| fault | told after | re-routed within | back after | steps |")
        print("|---|---|---|---|---|", *_table, sep="\n")


@pytest.mark.parametrize("name", [name for name in CASES if FULL or CASES[name].short])
async def test_nothing_is_lost_and_nothing_sent_twice(name: str, tmp_path: Path) -> None:
    case, count = CASES[name], 500 if FULL else 96
    async with estate(tmp_path) as running:
        outcome = await running.broadcast(case.fault, count, heal_after=case.heal)
    assert max(outcome.aired.values()) == 1
    # Accepted by the SMSC, or in doubt: a report that a power cut took leaves "submitted".
    assert sum(outcome.states[s] for s in ("delivered", "submitted", "in_doubt")) == count
    assert outcome.states["in_doubt"] <= case.doubt
    assert list(outcome.aired.values()).count(0) <= outcome.states["in_doubt"]
    if outcome.lost_after is not None:
        assert outcome.back_after is not None
    _table.append(_row(name, outcome))


async def test_what_waits_behind_a_silent_modem_goes_to_others_before_its_time_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "MARGIN", 0.2)
    async with estate(tmp_path) as running:
        outcome = await running.broadcast(Fault("hang_after_ctrl_z", skip=3), 96)
    assert outcome.lost_after is not None
    assert min(outcome.rerouted_after) < -0.5  # counted from when the queue was told
    assert max(outcome.aired.values()) == 1


@pytest.mark.skipif(not FULL, reason="its short form: tests/unit/queue")
async def test_only_an_emergency_in_doubt_goes_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units, "DOUBT", SECOND)  # 30 on the air
    async with estate(tmp_path) as running:
        outcome = await running.broadcast(
            Fault("hang_after_ctrl_z", skip=3), 500, purpose="emergency"
        )
        async with asyncio.timeout(60):
            while await running.rows("SELECT 1 FROM message WHERE state != 'delivered'"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        sent = Counter(one.to for one in running.aired())
    assert outcome.states.total() == len(sent) == 500
    assert sorted(sent.values())[-2:] in ([1, 1], [1, 2])  # unless its report came first


def _row(name: str, outcome: Outcome) -> str:
    told = "not needed" if outcome.lost_after is None else f"{outcome.lost_after:.2f} s"
    late = (
        f"{max(max(outcome.rerouted_after), 0.0) * 1000:.0f} ms" if outcome.rerouted_after else "–"
    )
    back = "–" if outcome.back_after is None else f"{outcome.back_after:.2f} s"
    return f"| {name} | {told} | {late} | {back} | {' · '.join(outcome.steps) or '–'} |"
