"""Reports that come while nobody takes them: the modem or the network keeps them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from estate_sms.modem.emulator.airlog import AirOutcome, read_air_log
from estate_sms.modem.emulator.process import BankProcess, spawn_bank
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.emulator.timing import Delay, Timing
from estate_sms.policy.callers import CLI
from estate_sms.policy.requests import SendRequest

from .broadcast import Estate, serving
from .conftest import Ear, Emulate, OpenBank, Ring, outgoing, plain

MAKES = ("plain", "huawei-e173", "simcom-sim7600")
"""Acknowledges direct reports; cannot, so it stores them; has no direct ones."""


async def submitted_and_not_reported(running: Estate, bank: BankProcess) -> int:
    """Messages on the way when the network goes: their reports wait for it."""
    numbers = [f"+86138001385{n:02}" for n in range(len(MAKES) * 2)]
    await running.gateway.desk.send(
        CLI, SendRequest(to=numbers, text="今晚停水", purpose="service")
    )
    while True:
        rows = await running.rows("SELECT DISTINCT state FROM message")
        if {row[0] for row in rows} <= {"submitted", "delivered"}:
            break
        await asyncio.sleep(0.01)
    await asyncio.to_thread(bank.control.fault, None, "network_lost")
    (row,) = await running.rows("SELECT count(*) FROM message WHERE state = 'submitted'")
    return int(str(row[0]))


async def test_a_report_that_comes_while_the_gateway_is_stopped_is_not_lost(tmp_path: Path) -> None:
    settings = Settings(
        timing=Timing(submit=Delay(0.02), report=Delay(1.5), retry=Delay(0.3)), personas=MAKES
    )
    bank = await asyncio.to_thread(spawn_bank, len(MAKES), tmp_path / "emulator", settings)
    try:
        async with serving(bank, tmp_path) as running:
            while await submitted_and_not_reported(running, bank) < len(MAKES):
                await asyncio.to_thread(bank.control.fault, None, "heal")
                await running.all_ready()
        await asyncio.to_thread(bank.control.fault, None, "heal")
        while any(  # noqa: ASYNC110 - until every message arrived, its report told to nobody
            "delivered" not in {outcome.result for outcome in one.outcomes}
            for one in read_air_log(bank.air_log)
        ):
            await asyncio.sleep(0.02)
        async with serving(bank, tmp_path) as running, asyncio.timeout(60):
            while await running.rows("SELECT 1 FROM message WHERE state != 'delivered'"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    finally:
        await asyncio.to_thread(bank.stop)


async def test_a_report_is_acknowledged_once_durable_and_comes_again_when_that_is_late(
    emulate: Emulate, open_bank: OpenBank, ear: Ear, ring: Ring
) -> None:
    timing = Timing(submit=Delay(0.01), report=Delay(0.02), acknowledge=Delay(0.2))
    emulated = emulate(1, Settings(timing=timing))
    bank = await open_bank(*emulated.ports, poll_interval=0.05)
    await ear.until(lambda: ear.ready)
    ear.gate.clear()  # the disk is full
    assert plain(list(await bank.submit("m0", outgoing(), ring))) == [("accepted", "")]
    await ear.until(lambda: len(ear.reports) >= 3)  # looked after: the modem had stopped routing
    assert "report" not in {outcome.result for outcome in _outcomes(emulated.air_log)}
    ear.gate.set()
    while "report" not in {outcome.result for outcome in _outcomes(emulated.air_log)}:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    assert len({(seen.tp_mr, seen.tp_st) for seen in ear.reports}) == 1


def _outcomes(air_log: Path) -> list[AirOutcome]:
    return [outcome for one in read_air_log(air_log) for outcome in one.outcomes]
