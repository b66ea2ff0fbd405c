"""A machine whose clock jumps, or has none at boot: what a whole gateway does then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from estate_sms.audit.reading import tail
from estate_sms.gateway.config import Config
from estate_sms.gateway.sections import PolicyConfig
from estate_sms.gateway.wiring import Gateway
from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.requests import SendRequest
from estate_sms.store.clock import SECOND, system_clock, to_datetime
from estate_sms.store.steady import SteadyClock, boottime

from .conftest import opened

DAY = 86_400 * SECOND
NUMBERS = [f"+86138001{38000 + n}" for n in range(3)]
CENTURY = 73 * 365 * DAY


class Machine:
    """The real clocks, the one on the wall set forward by :attr:`off`."""

    def __init__(self, off: int = 0) -> None:
        self.off = off
        self.ntp = False

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: system_clock() + self.off, boottime, lambda: self.ntp)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_dir=str(tmp_path / "data"), policy=PolicyConfig(quiet_hours=""))


async def value(gateway: Gateway, sql: str, *given: object) -> Any:
    row = await gateway.house.store.read(lambda c: c.execute(sql, given).fetchone())
    return row[0]


async def until(gateway: Gateway, done: Callable[[], Any], wanted: object) -> None:
    async with asyncio.timeout(60):
        while await done() != wanted:
            await gateway.timekeeper.look()
            await gateway.alarms.look()
            await asyncio.sleep(0.05)


async def send(gateway: Gateway, to: list[str], **fields: Any) -> str:
    given: dict[str, Any] = {"purpose": "service", **fields}
    request = SendRequest(to=to, text="停水通知", **given)
    return (await gateway.desk.send(CLI, request)).batch.id


def state(gateway: Gateway, batch: str) -> Callable[[], Any]:
    sql = "SELECT group_concat(DISTINCT m.state) FROM message m JOIN batch b ON b.id = m.batch_id WHERE b.public_id = ?"
    return lambda: value(gateway, sql, batch)


def clock_state(gateway: Gateway) -> Callable[[], Any]:
    async def now() -> str:
        return gateway.timekeeper.state

    return now


async def actions(gateway: Gateway) -> list[str]:
    house = gateway.house
    entries = await house.store.read(lambda c: tail(c, house.keys, 1_000))
    return [entry.action for entry in reversed(entries) if entry.action.startswith("clock.")]


async def test_a_jump_to_2099_purges_nothing_expires_nothing_and_sending_goes_on(
    config: Config,
) -> None:
    machine = Machine()
    async with opened(config, 1, machine.clock()) as gateway:
        store = gateway.house.store
        first = await send(gateway, NUMBERS[:1])
        await until(gateway, state(gateway, first), "delivered")
        tomorrow = to_datetime(store.now + DAY)
        waits = await send(
            gateway, NUMBERS[1:2], not_before=tomorrow, valid_until=to_datetime(store.now + 2 * DAY)
        )
        machine.off = CENTURY
        await gateway.privacy.purge(CLI)
        assert await value(gateway, "SELECT count(*) FROM message") == 2
        second = await send(gateway, NUMBERS[2:])
        await until(gateway, state(gateway, second), "delivered")
        assert await state(gateway, waits)() == "scheduled"
        stands = "SELECT count(*) FROM alarm WHERE code = 'clock_apart' AND cleared_at IS NULL"
        await until(gateway, lambda: value(gateway, stands), 1)
        machine.off = 0
        await until(gateway, clock_state(gateway), "sure")
        await gateway.timekeeper.look()
        assert await actions(gateway) == ["clock.apart", "clock.sure"]
        last = "SELECT max(at) FROM feed"
        assert abs(await value(gateway, last) - system_clock()) < DAY, "no row is of 2099"


async def test_no_clock_at_boot(config: Config) -> None:
    machine = Machine()
    async with opened(config, 1, machine.clock()) as gateway:
        done = await send(gateway, NUMBERS[:1])
        await until(gateway, state(gateway, done), "delivered")
    machine.off = -system_clock()  # 1970
    async with opened(config, 1, machine.clock()) as gateway:
        store = gateway.house.store
        assert await clock_state(gateway)() == "unknown"
        newest = await value(gateway, "SELECT max(at) FROM feed")
        waits = await send(gateway, NUMBERS[1:2])
        warning = await send(gateway, NUMBERS[2:], purpose="emergency", reason="火警")
        await until(gateway, state(gateway, warning), "delivered")
        assert await state(gateway, waits)() == "queued", "nobody knows the hour"
        assert newest - DAY < store.now < newest + DAY
        await gateway.privacy.purge(CLI)
        assert await value(gateway, "SELECT count(*) FROM message") == 3
        machine.off, machine.ntp = 5 * DAY, True
        await until(gateway, state(gateway, waits), "delivered")
        assert store.now > system_clock() + 4 * DAY
        assert await actions(gateway) == ["clock.unknown", "clock.jump", "clock.changed"]


async def test_a_person_says_that_the_clock_is_right(config: Config) -> None:
    machine = Machine()
    async with opened(config, 1, machine.clock()) as gateway:
        machine.off = 40 * DAY
        await gateway.timekeeper.look()
        assert await clock_state(gateway)() == "apart"
        nobody = Caller(actor="key:k1", scopes=frozenset({"messages:send"}))
        with pytest.raises(PolicyError):
            await gateway.timekeeper.accept(nobody)
        assert round(await gateway.timekeeper.accept(CLI) / 86_400) == 40
        assert gateway.house.store.now > system_clock() + 39 * DAY
        later = await send(gateway, NUMBERS[:1])
        await until(gateway, state(gateway, later), "delivered")
