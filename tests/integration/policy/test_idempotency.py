from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from estate_sms.policy.callers import CLI
from estate_sms.policy.errors import PolicyError
from estate_sms.store.unit import UnitOfWork

from .conftest import House, later, opened


async def test_a_repeat_gets_the_first_answer(house: House) -> None:
    first = await house.send(CLI, 3, key="k-1", to=["13800138000", "12", "138 0013 8001"])
    later(house, hours=23)
    again = await house.send(CLI, 3, key="k-1", to=["13800138000", "12", "138 0013 8001"])
    assert again == first
    assert await house.rows("SELECT count(*) FROM batch") == [(1,)]


async def test_it_holds_across_a_restart_and_is_sealed(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        first = await house.send(CLI, key="k-1")
        (row,) = await house.rows("SELECT request_hash, answer FROM idempotency")
        assert b"138001" not in bytes(row[1])
        assert len(row[0]) == 32
    async with opened(tmp_path) as house:
        assert await house.send(CLI, key="k-1") == first
        with pytest.raises(PolicyError, match="idempotency_mismatch"):
            await house.send(CLI, key="k-1", flash=True)


async def test_another_body_is_refused(house: House) -> None:
    await house.send(CLI, key="k-1")
    with pytest.raises(PolicyError, match="idempotency_mismatch") as caught:
        await house.send(CLI, key="k-1", text="另一条")
    assert caught.value.status == 422


async def test_keys_are_the_callers_own_and_last_a_day(house: House) -> None:
    await house.send(CLI, key="k-1")
    other = await house.system("messages:send")
    await house.send(other, key="k-1", text="另一条")
    later(house, hours=24, seconds=1)
    await house.send(CLI, key="k-1", text="第三条")
    assert await house.rows("SELECT count(*) FROM batch") == [(3,)]
    assert await house.rows("SELECT count(*) FROM idempotency") == [(1,)]


async def test_twice_at_once(house: House) -> None:
    results = await asyncio.gather(
        *(house.send(CLI, key="k-1") for _ in range(5)), return_exceptions=True
    )
    errors = [r.code for r in results if isinstance(r, PolicyError)]
    assert errors == ["idempotency_in_flight"] * 4
    assert await house.rows("SELECT count(*) FROM batch") == [(1,)]


async def test_a_caller_that_went_away_while_its_unit_went_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = asyncio.create_task(house.send(CLI, key="k-1"))
    writing = house.store.write

    async def write_and_go_away(unit: Callable[[UnitOfWork], Any], *, linger: float = 0.0) -> Any:
        going = asyncio.ensure_future(writing(unit, linger=linger))
        await asyncio.sleep(0)  # the unit is with the store now
        first.cancel()
        return await asyncio.shield(going)

    with monkeypatch.context() as patch:
        patch.setattr(house.store, "write", write_and_go_away)
        with contextlib.suppress(asyncio.CancelledError):
            await first
    again = await house.send(CLI, key="k-1")
    assert await house.rows("SELECT public_id FROM batch") == [(again.batch.id,)]


async def test_a_refused_send_keeps_nothing(house: House) -> None:
    with pytest.raises(PolicyError, match="text_blocked"):
        await house.send(CLI, key="k-1", text="赌场")
    assert (await house.send(CLI, key="k-1", text="好的")).batch.state == "sending"


@pytest.mark.parametrize("key", ["", " ", "a b", "键", "x" * 256, "a\n", "\x7f"])
async def test_no_keys(house: House, key: str) -> None:
    with pytest.raises(PolicyError, match="idempotency_key_invalid"):
        await house.send(CLI, key=key)


async def test_half_surrogates_in_a_keyed_request(house: House) -> None:
    with pytest.raises(PolicyError, match="text_invalid"):
        await house.send(CLI, key="k-1", text="\ud800", to=["\udfff"])
