"""Roles that exclude each other: refused by the service, and by the schema."""

from __future__ import annotations

import itertools
import sqlite3

import pytest

from estate_sms.policy.callers import CLI, SCOPES
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.roles import CONFLICTS, MEANING, ROLES, conflict, roles_of

from .conftest import House, later

INSERT = (
    "INSERT INTO api_key (public_id, name, person_id, scopes, hash, created_at) "
    "VALUES (?, 'x', ?, ?, randomblob(32), ?)"
)


def test_every_role_has_a_meaning() -> None:
    assert set(MEANING) == set(ROLES)
    assert roles_of(["messages:send"], person=True) == {"submitter"}
    assert roles_of(["messages:send"], person=False) == {"submitter", "api_client"}
    assert conflict(["messages:read", "filter", "audit", "inbox"]) is None


async def test_the_schema_says_the_same(house: House) -> None:
    assert {tuple(r) for r in await house.rows("SELECT first, second FROM role_conflict")} == set(
        CONFLICTS
    )


@pytest.mark.parametrize("pair", list(itertools.combinations(SCOPES, 2)))
async def test_each_pair(house: House, pair: tuple[str, str]) -> None:
    excluded = conflict(pair) is not None
    together = await house.people.add(CLI, "一")
    apart = await house.people.add(CLI, "二")
    if not excluded:
        await house.keys.create(CLI, "k", list(pair), person=together.id)
        return
    with pytest.raises(PolicyError, match="roles_conflict"):
        await house.keys.create(CLI, "k", list(pair), person=together.id)
    first = await house.keys.create(CLI, "k", [pair[0]], person=apart.id)
    with pytest.raises(PolicyError, match="roles_conflict"):
        await house.keys.create(CLI, "k", [pair[1]], person=apart.id)
    caller = await house.keys.verify(first.token)

    with pytest.raises(sqlite3.IntegrityError):
        await house.store.write(
            lambda uow: uow.execute(INSERT, ("k1", caller.person_id, f'["{pair[1]}"]', uow.now))
        )
    await house.keys.revoke(CLI, first.info.id)
    await house.keys.create(CLI, "k", [pair[1]], person=apart.id)


async def test_what_expired_no_longer_excludes(house: House) -> None:
    person = await house.people.add(CLI, "一")
    until = house.store.now + 1_000_000
    await house.keys.create(CLI, "k", ["admin"], person=person.id, expires_at=until)
    later(house, seconds=2)
    await house.keys.create(CLI, "k", ["approve"], person=person.id)


async def test_systems_are_no_persons(house: House) -> None:
    await house.system("audit", "messages:send", "admin")


async def test_keys_from_before_the_rule_decide_nothing(house: House) -> None:
    wang = await house.person("王", "approve")

    def both(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TRIGGER api_key_roles")
        connection.execute(INSERT, ("k1", wang.person_id, '["admin"]', 1))

    await house.store.write(lambda uow: both(uow.connection))
    sent = await house.send(CLI, 30)
    with pytest.raises(PolicyError, match="roles_conflict"):
        await house.desk.approve(wang, sent.batch.id)


async def test_a_revoked_key_never_comes_back(house: House) -> None:
    wang = await house.person("王", "approve")
    await house.keys.revoke(CLI, wang.actor.removeprefix("key:"))
    with pytest.raises(sqlite3.IntegrityError):
        await house.store.write(lambda uow: uow.execute("UPDATE api_key SET revoked_at = NULL"))
