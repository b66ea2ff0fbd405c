from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from pathlib import Path

import pytest

from estate_sms.policy.callers import CLI
from estate_sms.policy.errors import PolicyError
from estate_sms.store.unit import UnitOfWork

from .conftest import House, opened


async def test_a_key_is_shown_once_and_stored_as_its_hash(house: House) -> None:
    person = await house.people.add(CLI, "李经理")
    new = await house.keys.create(CLI, "办公室", ["messages:send", "recall"], person="李经理")
    assert new.token.startswith(f"esk_{new.info.id}_")
    assert new.token not in repr(new)
    (row,) = await house.rows("SELECT hash, scopes FROM api_key")
    assert bytes(row[0]) == hashlib.sha256(new.token.encode()).digest()
    caller = await house.keys.verify(new.token)
    assert (caller.actor, caller.person) == (f"key:{new.info.id}", person.id)
    assert caller.scopes == {"messages:send", "recall"}
    assert await house.keys.list(CLI) == [new.info]
    assert house.notebook.actions() == ["person.add", "api_key.create"]


async def test_wrong_tokens(house: House) -> None:
    new = await house.keys.create(CLI, "a", ["inbox"])
    other = await house.keys.create(CLI, "b", ["admin"])
    mixed = f"esk_{other.info.id}_{new.token[-43:]}"
    unknown = f"esk_k0000000000000000000_{new.token[-43:]}"
    for token in (
        "",
        "esk_",
        "x" * 5_000,
        new.token + "x",
        new.token[:-1],
        mixed,
        unknown,
        "\ud800",
    ):
        with pytest.raises(PolicyError, match="invalid_token"):
            await house.keys.verify(token)


@pytest.mark.parametrize("what", ["revoke", "disable"])
async def test_stopped_at_once(house: House, what: str) -> None:
    person = await house.people.add(CLI, "李经理")
    new = await house.keys.create(CLI, "a", ["inbox"], person=person.id)
    await house.keys.verify(new.token)  # it is cached now
    for _ in range(2):
        if what == "revoke":
            assert (await house.keys.revoke(CLI, new.info.id)).revoked_at is not None
        else:
            assert (await house.people.disable(CLI, person.id)).disabled_at is not None
    with pytest.raises(PolicyError, match="invalid_token"):
        await house.keys.verify(new.token)
    assert house.notebook.actions()[2:] == [
        {"revoke": "api_key.revoke", "disable": "person.disable"}[what]
    ]


async def test_stopped_while_it_is_looked_up(house: House) -> None:
    new = await house.keys.create(CLI, "a", ["inbox"])
    await asyncio.gather(
        house.keys.revoke(CLI, new.info.id), house.keys.verify(new.token), return_exceptions=True
    )
    with pytest.raises(PolicyError, match="invalid_token"):
        await house.keys.verify(new.token)


async def test_revoked_across_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        new = await house.keys.create(CLI, "a", ["inbox"])
        await house.keys.revoke(CLI, new.info.id)
    async with opened(tmp_path) as house:
        with pytest.raises(PolicyError, match="invalid_token"):
            await house.keys.verify(new.token)


async def test_what_no_key_can_have(house: House) -> None:
    with pytest.raises(PolicyError, match="not_a_person"):
        await house.keys.create(CLI, "a", ["approve"])
    for scopes in ([], ["fly"], ["admin", ""]):
        with pytest.raises(PolicyError, match="scope_unknown"):
            await house.keys.create(CLI, "a", scopes)
    with pytest.raises(PolicyError, match="not_found"):
        await house.keys.create(CLI, "a", ["inbox"], person="nobody")
    with pytest.raises(PolicyError, match="expiry_past"):
        await house.keys.create(CLI, "a", ["inbox"], expires_at=house.store.now)
    with pytest.raises(PolicyError, match="name_invalid"):
        await house.keys.create(CLI, "", ["inbox"])
    await house.people.add(CLI, "李经理")
    await house.people.disable(CLI, "李经理")
    with pytest.raises(PolicyError, match="person_disabled"):
        await house.keys.create(CLI, "a", ["inbox"], person="李经理")
    assert await house.keys.list(CLI) == []


async def test_the_schema_holds_it_too(house: House) -> None:
    new = await house.keys.create(CLI, "a", ["inbox"])

    def change(uow: UnitOfWork) -> None:
        uow.execute("UPDATE api_key SET scopes = '[\"admin\"]' WHERE public_id = ?", (new.info.id,))

    def sneak(uow: UnitOfWork) -> None:
        uow.execute(
            "INSERT INTO api_key (public_id, name, scopes, hash, created_at)"
            " VALUES ('k', 'x', '[\"approve\"]', x'00', 0)"
        )

    for unit in (change, sneak):
        with pytest.raises(sqlite3.IntegrityError):
            await house.store.write(unit)


async def test_administration_wants_admin(house: House) -> None:
    caller = await house.person("李经理", "messages:send", "approve")
    for verb in (
        house.keys.list(caller),
        house.keys.revoke(caller, "k1"),
        house.keys.create(caller, "a", ["inbox"]),
        house.people.list(caller),
        house.people.add(caller, "王"),
        house.people.disable(caller, "李经理"),
        house.opt_outs.list(caller),
        house.opt_outs.add(caller, "13800138000", "activity"),
    ):
        with pytest.raises(PolicyError, match="missing_scope"):
            await verb


async def test_people(house: House) -> None:
    first = await house.people.add(CLI, " 李经理 ")
    assert first.name == "李经理"
    with pytest.raises(PolicyError, match="name_taken"):
        await house.people.add(CLI, "李经理")
    with pytest.raises(PolicyError, match="not_found"):
        await house.people.disable(CLI, "nobody")
    with pytest.raises(PolicyError, match="not_found"):
        await house.keys.revoke(CLI, "k0")
    for impostor in (first.id, f" {first.id} "):
        with pytest.raises(PolicyError, match="name_invalid"):
            await house.people.add(CLI, impostor)
        with pytest.raises(PolicyError, match="name_invalid"):
            await house.keys.create(CLI, impostor, ["inbox"])
    assert await house.people.list(CLI) == [first]
    assert "李" not in repr(first)
