"""Keys that take two persons: who may ask, who may allow, and what an attacker tries."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.grants import Grant
from estate_sms.policy.keys import NewKey
from estate_sms.store.unit import UnitOfWork

from .conftest import House, later


async def _set_up(house: House) -> tuple[Caller, Caller, Caller]:
    """An administrator and two approvers: from here on it takes two."""
    return (
        await house.person("管", "admin"),
        await house.person("王", "approve"),
        await house.person("赵", "approve"),
    )


async def _asked(house: House, caller: Caller, name: str, *scopes: str) -> NewKey:
    """A new person, and a key for that person which has to wait."""
    person = await house.people.add(caller, name)
    new = await house.keys.create(caller, "k", scopes, person=person.id)
    assert new.waits_for is not None
    return new


async def _decide(house: House, caller: Caller, new: NewKey, *, approve: bool = True) -> None:
    await house.keys.grants.decide(caller, new.waits_for or "", approve=approve, reason="so")


async def _state(house: House) -> str:
    newest: Grant = (await house.keys.grants.list(CLI))[0]
    return newest.state


async def test_setting_up_takes_one_and_is_on_record(house: House) -> None:
    await _set_up(house)
    assert await house.keys.grants.list(CLI) == []
    assert house.notebook.actions().count("api_key.create") == 3


async def test_then_another_person_allows_it(house: House) -> None:
    admin, wang, _ = await _set_up(house)
    later(house, seconds=1)
    new = await _asked(house, admin, "新", "approve")
    with pytest.raises(PolicyError, match="invalid_token"):
        await house.keys.verify(new.token)
    assert new.info.id not in [key.id for key in await house.keys.list(CLI)]
    await _decide(house, wang, new)
    assert (await house.keys.verify(new.token)).scopes == {"approve"}
    (grant,) = await house.keys.grants.list(wang)
    assert (grant.state, grant.decided_by, grant.key) == ("granted", wang.person, new.info.id)
    assert house.notebook.actions()[-3:] == ["api_key.propose", "api_key.approve", "api_key.create"]
    assert house.notebook.events[-1].details["grant"] == grant.id
    assert ("alarm", "key_propose") in await house.rows("SELECT topic, kind FROM feed")


async def test_what_takes_two_and_what_does_not(house: House) -> None:
    admin, _, _ = await _set_up(house)
    other = (await house.people.add(admin, "李")).id
    for scopes, person, waits in (
        (["messages:send"], other, True),
        (["approve"], other, True),
        (["admin"], other, True),
        (["admin"], admin.person, True),
        (["admin"], None, True),
        (["messages:read"], admin.person, False),
        (["messages:send", "recall"], None, False),
    ):
        new = await house.keys.create(admin, "k", scopes, person=person)
        assert (new.waits_for is not None) == waits, scopes
    assert (await house.keys.create(CLI, "k", ["admin"])).waits_for, "the command line is one"
    assert await house.keys.verify((await house.keys.create_local("local")).token)
    await house.keys.revoke(admin, admin.actor.removeprefix("key:"))  # taking away takes one


async def test_who_cannot_allow_it(house: House) -> None:
    admin, wang, _ = await _set_up(house)
    mine = await house.keys.create(CLI, "k", ["messages:send"], person=wang.person)
    with pytest.raises(PolicyError, match="own_key"):
        await _decide(house, wang, mine)
    later(house, seconds=1)
    new = await _asked(house, admin, "新", "approve")
    for caller in (admin, CLI, await house.system("messages:send")):
        with pytest.raises(PolicyError, match="missing_scope"):
            await _decide(house, caller, new)
    later(house, seconds=1)
    fresh = await house.person("鲜", "approve")
    with pytest.raises(PolicyError, match="approver_too_new"):
        await _decide(house, fresh, new)
    await house.keys.revoke(CLI, admin.actor.removeprefix("key:"))
    turned = await house.key(admin.person, "approve")
    with pytest.raises(PolicyError, match="own_proposal"):
        await _decide(house, turned, new)
    with pytest.raises(PolicyError, match="not_found"):
        await house.keys.grants.decide(wang, "g0", approve=True)
    with pytest.raises(PolicyError, match="reason_missing"):
        await house.keys.grants.decide(wang, new.waits_for or "", approve=False)
    with pytest.raises(PolicyError, match="missing_scope"):
        await house.keys.grants.list(await house.system("messages:send"))


async def test_once_and_for_good(house: House) -> None:
    admin, wang, zhao = await _set_up(house)
    new = await _asked(house, admin, "新", "messages:send")
    results = await asyncio.gather(
        *(_decide(house, who, new) for who in (wang, zhao)), return_exceptions=True
    )
    assert [getattr(r, "code", None) for r in results] == [None, "wrong_state"]
    await house.keys.revoke(CLI, new.info.id)
    with pytest.raises(PolicyError, match="wrong_state"):
        await _decide(house, wang, new)
    refused = await _asked(house, admin, "另", "messages:send")
    await _decide(house, wang, refused, approve=False)
    with pytest.raises(PolicyError, match="wrong_state"):
        await _decide(house, zhao, refused)
    with pytest.raises(PolicyError, match="invalid_token"):
        await house.keys.verify(refused.token)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("proposer", "proposer_gone"),
        ("owner", "person_disabled"),
        ("roles", "roles_conflict"),
        ("late", "expiry_past"),
    ],
)
async def test_what_changed_meanwhile(house: House, what: str, code: str) -> None:
    admin, wang, zhao = await _set_up(house)
    person = await house.people.add(admin, "新")
    until = house.store.now + 1_000_000
    new = await house.keys.create(admin, "k", ["audit"], person=person.id, expires_at=until)
    if what == "proposer":
        await house.people.disable(CLI, admin.person)
    elif what == "owner":
        await house.people.disable(CLI, person.id)
    elif what == "roles":
        other = await house.keys.create(CLI, "k", ["messages:send"], person=person.id)
        await _decide(house, zhao, other)
    else:
        later(house, seconds=1)
    with pytest.raises(PolicyError, match=code):
        await _decide(house, wang, new)
    assert (await house.keys.grants.list(CLI))[-1].state == "proposed", "nothing was decided"
    await _decide(house, wang, new, approve=False)


async def test_when_nobody_is_left_to_ask(house: House) -> None:
    """The way back in is at the machine, loud, and only while nobody could be asked. Disabling the
    approvers does not bring back the days of setting up."""
    admin, wang, zhao = await _set_up(house)
    person = (await house.people.add(admin, "新")).id
    with pytest.raises(PolicyError, match="others_decide"):
        await house.keys.create_alone("k", ["approve"], "they are ill", person=person)
    await house.people.disable(admin, wang.person)
    await house.people.disable(admin, zhao.person)
    for caller in (admin, CLI):
        with pytest.raises(PolicyError, match="nobody_to_ask"):
            await house.keys.create(caller, "k", ["approve"], person=person)
    with pytest.raises(PolicyError, match="reason_missing"):
        await house.keys.create_alone("k", ["approve"], " ", person=person)
    new = await house.keys.create_alone("k", ["approve"], "both left", person=person)
    assert (await house.keys.verify(new.token)).person == person
    assert await _state(house) == "alone"
    assert ("alarm", "key_alone") in await house.rows("SELECT topic, kind FROM feed")
    with pytest.raises(PolicyError, match="others_decide"):
        await house.keys.create_alone("k", ["admin"], "one more")
    # That one approver is asked from here on.
    next_one = await _asked(house, admin, "又", "approve")
    await _decide(house, await house.keys.verify(new.token), next_one)


KEY = (
    "INSERT INTO api_key (public_id, name, person_id, scopes, hash, created_at) "
    "VALUES ('k0', 'x', ?, '[\"approve\"]', randomblob(32), 9)"
)
GRANT = (
    "INSERT INTO key_grant (public_id, key_public_id, name, person_id, scopes, hash, state, "
    "proposed_by, proposed_at, reason) VALUES ('g0', 'k0', 'x', ?, '[\"approve\"]', x'00', ?, 'cli', 9, 'r')"
)
GRANTED = (
    "UPDATE key_grant SET state = 'granted', decided_person = ?, decided_key = ?, decided_at = 9"
)


async def test_the_schema_holds_it_too(house: House) -> None:
    admin, wang, zhao = await _set_up(house)
    owner, key = wang.person_id, wang.key_id

    async def refused(sql: str, *given: object) -> None:
        def unit(uow: UnitOfWork) -> None:
            uow.execute(sql, given)

        with pytest.raises(sqlite3.IntegrityError):
            await house.store.write(unit)

    await refused(KEY, owner)
    await refused(GRANT, owner, "granted")
    await refused(GRANT, owner, "alone")
    await house.store.write(lambda uow: uow.execute(GRANT, (owner, "proposed")))
    await refused(KEY, owner)
    await refused(GRANTED, owner, key)  # whom it is for
    await refused(GRANTED, None, None)
    await refused(GRANTED, admin.person_id, admin.key_id)  # no approver
    await refused(GRANTED, zhao.person_id, key)  # another's key
    await refused("UPDATE key_grant SET scopes = '[\"admin\"]'")
    await refused("DELETE FROM key_grant")
    await house.store.write(lambda uow: uow.execute(GRANTED, (zhao.person_id, zhao.key_id)))
    await refused(KEY, owner)  # another hash than was granted
    await refused("UPDATE key_grant SET state = 'proposed'")
