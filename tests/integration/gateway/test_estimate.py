"""The estimate against what an emulated bank really takes, before and during, with quotas and without."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from estate_sms.gateway.config import Config
from estate_sms.gateway.sections import ModemEntry, PolicyConfig
from estate_sms.gateway.wiring import Gateway
from estate_sms.modem.emulator.process import spawn_bank
from estate_sms.modem.emulator.settings import Settings
from estate_sms.policy.callers import CLI
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.requests import SendRequest
from estate_sms.queue.estimate import for_batch, for_send
from estate_sms.store.clock import SECOND

from .conftest import opened

FACTOR = 3.0
"""On a machine that does nothing else it is 1.2; this one may be busy."""
AIR = 0.2


def notice(count: int, **fields: Any) -> SendRequest:
    numbers = [f"+86138001{38000 + n}" for n in range(count)]
    given: dict[str, Any] = {"purpose": "service", **fields}
    return SendRequest(to=numbers, text="停水通知", **given)


async def forecast(gateway: Gateway, request: SendRequest) -> float | None:
    rehearsal = await gateway.desk.rehearse(CLI, request)
    store, sims = gateway.house.store, gateway.dispatcher.capacity()
    now = store.now
    found = await store.read(
        lambda c: for_send(c, rehearsal.planned, now, sims, gateway.desk.hours)
    )
    return None if found.done_at is None else (found.done_at - now) / SECOND


async def remaining(gateway: Gateway, batch: str) -> float | None:
    store, sims = gateway.house.store, gateway.dispatcher.capacity()
    now = store.now
    found = await store.read(lambda c: for_batch(c, batch, now, sims, gateway.desk.hours))
    assert found is not None
    return None if found.done_at is None else (found.done_at - now) / SECOND


async def sent(gateway: Gateway, batch: str, patience: float = 90.0) -> None:
    sql = """SELECT count(*) FROM message m JOIN batch b ON b.id = m.batch_id
             WHERE b.public_id = ? AND m.state IN ('queued', 'submitting')"""
    async with asyncio.timeout(patience):
        while (await gateway.house.store.read(lambda c: c.execute(sql, (batch,)).fetchone()))[0]:
            await gateway.house.store.wait_fed(0.1)


async def ready(gateway: Gateway, count: int) -> None:
    async with asyncio.timeout(60):
        while len(gateway.dispatcher.capacity()) < count:
            await gateway.house.store.wait_fed(0.1)


async def test_within_a_factor_of_what_it_takes(tmp_path: Path) -> None:
    bank = await asyncio.to_thread(spawn_bank, 4, tmp_path / "bank", Settings.fixed(AIR))
    entries = tuple(
        ModemEntry(port=port, label=f"M{n}", per_minute=0, per_hour=0, per_day=0)
        for n, port in enumerate(bank.ports)
    )
    config = Config(
        data_dir=str(tmp_path / "data"),
        policy=PolicyConfig(quiet_hours="", approval_above=100), modem=entries,
    )  # fmt: skip
    try:
        async with opened(config) as gateway:
            assert await forecast(gateway, notice(1)) is None, "no modem is ready yet"
            await ready(gateway, 4)
            first = await gateway.desk.send(CLI, notice(12))
            await sent(gateway, first.batch.id)
            before = await forecast(gateway, notice(40))
            count = "SELECT count(*) FROM message"
            assert await gateway.house.store.read(lambda c: c.execute(count).fetchone()) == (12,)
            began = time.monotonic()
            batch = (await gateway.desk.send(CLI, notice(40))).batch.id
            during = await remaining(gateway, batch)
            await sent(gateway, batch)
            took = time.monotonic() - began
            print(f"estimated {before} s, then {during} s; took {took:.2f} s")
            assert before is not None
            assert during is not None
            for estimate in (before, during):
                assert took / FACTOR <= estimate <= took * FACTOR
            assert await remaining(gateway, batch) == 0
            held = await gateway.desk.rehearse(CLI, notice(101))
            assert held.holds == ("approval",)
            with pytest.raises(PolicyError):
                await gateway.desk.rehearse(CLI, notice(1, purpose="none"))
    finally:
        await asyncio.to_thread(bank.stop)


async def test_a_quota_is_counted_in(tmp_path: Path) -> None:
    bank = await asyncio.to_thread(spawn_bank, 1, tmp_path / "bank", Settings.fixed(0.02))
    config = Config(
        data_dir=str(tmp_path / "data"), policy=PolicyConfig(quiet_hours="", approval_above=100),
        modem=(ModemEntry(port=bank.ports[0], label="M0", per_minute=6, per_hour=0, per_day=0),),
    )  # fmt: skip
    try:
        async with opened(config) as gateway:
            await ready(gateway, 1)
            first = await gateway.desk.send(CLI, notice(6))
            await sent(gateway, first.batch.id)
            found = await forecast(gateway, notice(13))
            assert found is not None
            assert 110 < found < 190, "three minutes: the first is used up, two more and one"
            urgent = await forecast(gateway, notice(13, purpose="emergency", reason="火警"))
            assert urgent is not None
            assert urgent < 60
    finally:
        await asyncio.to_thread(bank.stop)
