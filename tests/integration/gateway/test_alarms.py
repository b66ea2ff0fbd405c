"""Alarms of the whole bank: emulated modems that lose their power, a restart meanwhile, and the duty phone."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

from estate_sms.gateway.alarms.rules import RESET_WINDOW, RESETS
from estate_sms.gateway.alarms.view import AlarmView
from estate_sms.gateway.config import Config
from estate_sms.gateway.sections import AlarmsConfig, ModemEntry, PolicyConfig
from estate_sms.gateway.wiring import Gateway
from estate_sms.modem.emulator.airlog import read_air_log
from estate_sms.modem.emulator.faults import FaultKind
from estate_sms.modem.emulator.process import spawn_bank
from estate_sms.modem.emulator.settings import Settings
from estate_sms.modem.emulator.timing import Delay, Timing
from estate_sms.modem.state import ModemStatus
from estate_sms.policy.callers import CLI
from estate_sms.policy.requests import SendRequest

from .conftest import opened

DUTY = "+8613800138009"
FAST = 50.0
"""The rules' clock runs so much faster here."""


@contextlib.asynccontextmanager
async def hurried(config: Config) -> AsyncGenerator[Gateway]:
    async with opened(config) as gateway:
        gateway.alarms.sources.moment = lambda: time.monotonic() * FAST
        yield gateway


async def rows(gateway: Gateway, sql: str) -> list[tuple[Any, ...]]:
    return await gateway.house.store.read(lambda c: c.execute(sql).fetchall())


async def until(gateway: Gateway, sql: str, wanted: list[tuple[Any, ...]]) -> None:
    async with asyncio.timeout(60):
        while await rows(gateway, sql) != wanted:
            await gateway.alarms.look()
            await asyncio.sleep(0.1)


NOTICE = """SELECT a.modem FROM attempt a JOIN part p ON p.id = a.part_id JOIN message m ON m.id = p.message_id
JOIN batch b ON b.id = m.batch_id WHERE b.submitter = 'system' AND a.outcome <> 'open'"""
OPEN = "SELECT code, ref FROM alarm WHERE cleared_at IS NULL ORDER BY code"
TOLD = """SELECT kind, json_extract(body, '$.raised') AS raised, count(*) FROM feed WHERE topic = 'alarm'
AND kind IN ('modem_resetting', 'operator_down') GROUP BY kind, raised ORDER BY min(sequence)"""
MINE = "code IN ('all_modems_offline', 'quota_near')"


async def settled(gateway: Gateway, done: Callable[[ModemStatus], bool]) -> None:
    async with asyncio.timeout(60):
        while not all(map(done, gateway.bank.statuses())):
            await gateway.alarms.look()
            await asyncio.sleep(0.02)


async def test_a_weak_hub_and_an_operator_without_network_are_told_and_over(
    tmp_path: Path,
) -> None:
    settings = Settings(
        timing=Timing(submit=Delay(0.02), boot=Delay(0.05)),
        operators=("46000", "46001"), persona="simcom-sim800",
    )  # fmt: skip
    bank = await asyncio.to_thread(spawn_bank, 4, tmp_path / "bank", settings)
    entries = tuple(ModemEntry(port=port, label=f"M{n}") for n, port in enumerate(bank.ports))
    config = Config(data_dir=str(tmp_path / "data"), modem=entries)
    weak, cut_off = {0: "M0", 2: "M2"}, (1, 3)
    resetting = [("modem_resetting", label) for label in weak.values()]
    later = 0.0

    async def strike(fault: FaultKind, *modems: int) -> None:
        for index in modems:
            await asyncio.to_thread(bank.control.fault, index, fault)

    def restarted(times: int) -> Callable[[ModemStatus], bool]:
        return lambda s: (
            s.state == "ready" and s.resets == (times if s.label in weak.values() else 0)
        )

    try:
        async with opened(config) as gateway:
            gateway.alarms.sources.moment = lambda: time.monotonic() * FAST + later
            await settled(gateway, restarted(0))
            for times in range(1, RESETS + 1):
                assert await rows(gateway, OPEN) == []
                await strike("brown_out", *weak)
                await settled(gateway, restarted(times))
            await until(gateway, OPEN, resetting)
            await strike("network_lost", *cut_off)
            await until(gateway, OPEN, [*resetting, ("operator_down", "46001")])
            await strike("heal", *cut_off)
            await until(gateway, OPEN, resetting)
            later = RESET_WINDOW
            await until(gateway, OPEN, [])
            told = {(code, raised): n for code, raised, n in await rows(gateway, TOLD)}
            assert told["modem_resetting", 1] == told["modem_resetting", 0] == 2
            # A modem whose poll was under way when the network went may find it once more: time is
            # too fast here for the rule's patience to cover that.
            assert told["operator_down", 1] == told["operator_down", 0] <= 2
    finally:
        await asyncio.to_thread(bank.stop)


async def test_all_offline_over_a_restart_and_told_once_there_is_a_modem(tmp_path: Path) -> None:
    bank = await asyncio.to_thread(spawn_bank, 2, tmp_path / "bank", Settings.fixed(0.02))
    entries = tuple(
        ModemEntry(port=port, label=f"M{n}", per_minute=0, per_hour=0, per_day=0)
        for n, port in enumerate(bank.ports)
    )
    config = Config(
        data_dir=str(tmp_path / "data"),
        policy=PolicyConfig(quiet_hours=""),
        alarms=AlarmsConfig(duty_phones=(DUTY,), language="en"),
        modem=entries,
    )
    air = tmp_path / "bank" / "air.jsonl"
    try:
        async with hurried(config) as gateway:
            await asyncio.to_thread(bank.stop)
            await until(gateway, OPEN, [("all_modems_offline", "")])
            assert gateway.alarms.duty.unable == "no_modem", "said so here at least"
        async with hurried(config) as gateway:
            await gateway.alarms.look()
            assert await rows(gateway, OPEN) == [("all_modems_offline", "")]
            shown = await AlarmView(gateway.house.store, gateway.alarms.duty).list(10, "en")
            assert shown.open[0].message == "all modems are offline, nothing can be sent"
            assert shown.untold == "no_modem"
            page = (await gateway.metrics.render())[0].decode()
            assert 'estate_sms_alarm{code="all_modems_offline"} 1.0' in page
            bank = await asyncio.to_thread(spawn_bank, 2, tmp_path / "bank", Settings.fixed(0.02))
            await until(
                gateway, "SELECT count(over_at), count(*) FROM alarm WHERE " + MINE, [(1, 1)]
            )
            fed = "SELECT json_extract(body, '$.raised') FROM feed WHERE topic = 'alarm' AND kind = 'all_modems_offline'"
            assert await rows(gateway, fed) == [(1,), (0,)], "raised once, cleared once"
            await until(gateway, "SELECT count(*) FROM message WHERE state = 'delivered'", [(2,)])
        sent = [(aired.to, aired.text) for aired in read_air_log(air) if aired.kind == "submit"]
        assert [to for to, _ in sent] == [DUTY, DUTY]
    finally:
        await asyncio.to_thread(bank.stop)


async def test_a_sim_near_its_quota_is_told_through_the_other(tmp_path: Path) -> None:
    bank = await asyncio.to_thread(spawn_bank, 2, tmp_path / "bank", Settings.fixed(0.02))
    try:
        config = Config(
            data_dir=str(tmp_path / "data"),
            policy=PolicyConfig(quiet_hours=""),
            alarms=AlarmsConfig(duty_phones=(DUTY,)),
            modem=(
                ModemEntry(port=bank.ports[0], label="M0", per_minute=0, per_hour=0, per_day=1),
                ModemEntry(port=bank.ports[1], label="M1", per_minute=0, per_hour=0, per_day=0),
            ),
        )
        async with hurried(config) as gateway:
            # The first SMS reaches nobody: it is told again.
            await asyncio.to_thread(
                functools.partial(bank.control.rule, DUTY, reports=(0x43,), times=1)
            )
            numbers = [f"+86138001{38100 + n}" for n in range(8)]
            await gateway.desk.send(CLI, SendRequest(to=numbers, text="停水", purpose="service"))
            await until(gateway, OPEN + " LIMIT 1", [("quota_near", "M0")])
            await until(gateway, "SELECT count(told_at) FROM alarm WHERE " + MINE, [(1,)])
            await until(gateway, NOTICE, [("M1",), ("M1",)])
    finally:
        await asyncio.to_thread(bank.stop)
