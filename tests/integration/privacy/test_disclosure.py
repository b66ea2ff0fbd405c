"""Numbers as they are leave the house by two persons' hands, once, in time, for the period allowed."""

from __future__ import annotations

import sqlite3

import pytest

from estate_sms.estate.disclosure import Disclosures, use
from estate_sms.estate.ledger import ledger
from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.keys import Keys
from estate_sms.policy.people import People

from .conftest import NUMBER, House


async def person(house: House, name: str, *scopes: str) -> Caller:
    keys = Keys(house.store)
    found = await People(house.store, keys).add(CLI, name)
    return await keys.verify((await keys.create(CLI, name, scopes, person=found.id)).token)


async def read(house: House, caller: Caller, disclosure: str | None) -> str:
    pages = ledger(house.store, house.vault, caller, disclosure=disclosure)
    return "".join([page async for page in pages])


async def refused(house: House, caller: Caller, disclosure: str) -> str:
    with pytest.raises(PolicyError) as caught:
        await read(house, caller, disclosure)
    return caught.value.code


async def test_one_asks_another_allows_and_it_is_fetched_once(house: House) -> None:
    li, wang = await person(house, "李", "admin"), await person(house, "王", "approve")
    await house.send(NUMBER, text="给您一人的通知")
    room = Disclosures(house.store)
    asked = await room.ask(li, None, None, "公安调取证据")
    assert await refused(house, li, asked) == "disclosure_needed", "nobody allowed it yet"
    await room.decide(wang, asked, approve=True)
    assert await refused(house, CLI, asked) == "disclosure_needed", "it was not theirs"
    zhao = await person(house, "赵", "admin")
    assert await refused(house, zhao, asked) == "disclosure_needed", "nor another administrator's"
    keys, other = Keys(house.store), ["admin"]
    second = await keys.verify((await keys.create(CLI, "李 2", other, person=li.person)).token)
    full = await read(house, second, asked)
    assert NUMBER in full
    assert "给您一人的通知" in full
    assert await refused(house, li, asked) == "disclosure_needed", "once"
    masked = await read(house, CLI, None)
    assert "138****8000" in masked
    assert "给您一人的通知" not in masked
    told = [r for r in await house.records() if r.action.startswith(("disclosure", "ledger"))]
    assert [(r.action, r.actor) for r in told[:3]] == [
        ("disclosure.ask", li.actor), ("disclosure.approve", wang.actor), ("ledger.exported", second.actor),
    ]  # fmt: skip
    assert (told[0].reason, told[2].object) == ("公安调取证据", asked)


async def test_alone_refused_late_or_by_sql_it_never_opens(house: House) -> None:
    li, wang = await person(house, "李", "admin"), await person(house, "王", "approve")
    room = Disclosures(house.store)
    with pytest.raises(PolicyError, match="reason_missing"):
        await room.ask(li, None, None, " ")
    no, late = await room.ask(li, 1, 2, "x"), await room.ask(li, 1, 2, "x")
    with pytest.raises(PolicyError, match="missing_scope"):
        await room.decide(li, no, approve=True)
    await room.decide(wang, no, approve=False, reason="no cause")
    with pytest.raises(PolicyError, match="wrong_state"):
        await room.decide(wang, no, approve=True)
    assert await refused(house, li, no) == "disclosure_needed"
    await room.decide(wang, late, approve=True)
    house.later(8)
    assert await refused(house, li, late) == "disclosure_needed"
    alone = await room.ask(li, 1, 2, "x")
    for forged in ("state = 'allowed'", "state = 'used', used_at = 1", "purpose = 'y'"):
        with pytest.raises(sqlite3.IntegrityError):
            await house.store.write(
                lambda u, f=forged: u.execute(
                    f"UPDATE disclosure SET {f} WHERE public_id = ?", (alone,)
                )  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            )
    with pytest.raises(PolicyError, match="disclosure_needed"):
        await house.store.write(lambda u: use(u, li, alone))
    assert [d.state for d in await room.list(wang)] == ["proposed", "allowed", "rejected"]
