"""Changing the policy: adopted once, then by two persons; versions are kept."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.policies import SendPolicies, read
from estate_sms.policy.rules import MAX_BYTES
from estate_sms.policy.rules.builtin import Floor

from .conftest import House, later, opened

ONE = 'version = "one"\n[[rule]]\nname = "none"\npurposes = ["commercial"]\ndeny = true\n'
TWO = 'version = "two"\n'


async def _pair(house: House) -> tuple[Caller, Caller]:
    return await house.person("管", "admin"), await house.person("王", "approve")


async def _states(house: House) -> list[tuple[str, str]]:
    return [(v.version, v.state) for v in await house.policies.versions(CLI)]


async def test_built_in_until_there_is_one(house: House) -> None:
    assert house.policies.current.policy.version == "built-in"
    assert await house.policies.versions(CLI) == []


async def test_one_proposes_another_approves(tmp_path: Path) -> None:
    async with opened(tmp_path, policy=ONE) as house:
        admin, wang = await _pair(house)
        assert await _states(house) == [("one", "in_force")]
        proposal = await house.policies.propose(admin, TWO, "广告可以发了")
        with pytest.raises(PolicyError, match="policy_stopped"):
            await house.send(CLI, purpose="commercial")
        _, changes = await house.policies.version(wang, proposal)
        assert changes[0] == "~ version: one → two"
        await house.policies.decide(wang, proposal, approve=True)
        assert (await house.send(CLI, purpose="commercial")).batch.state == "sending"
        assert await _states(house) == [("two", "in_force"), ("one", "superseded")]
        (ruleset,) = await house.rows("SELECT ruleset FROM batch")
        assert ruleset[0].endswith(house.policies.current.hash)
        configured = [
            e for e in house.notebook.events if e.kind == "config" and "policy" in e.action
        ]
        assert [e.action for e in configured] == [
            "policy.adopt",
            "policy.propose",
            "policy.approve",
        ]
        assert configured[2].details["hash"] == house.policies.current.hash
    async with opened(tmp_path) as again:
        await again.policies.load(None)
        assert again.policies.current.policy.version == "two"


async def test_a_changed_file_is_a_proposal(tmp_path: Path) -> None:
    async with opened(tmp_path, policy=ONE):
        pass
    async with opened(tmp_path, policy=TWO) as house:
        assert house.policies.current.policy.version == "one"
        assert await _states(house) == [("two", "proposed"), ("one", "in_force")]
        assert ("alarm", "policy_propose") in await house.rows("SELECT topic, kind FROM feed")
    async with opened(tmp_path, policy=TWO) as house:
        assert len(await _states(house)) == 2, "a second start proposes nothing new"
        later(house, seconds=-1)
        wang = await house.person("王", "approve")
        later(house, seconds=1)
        (proposal, _) = await house.policies.versions(CLI)
        await house.policies.decide(wang, proposal.id, approve=True)
        assert house.policies.current.policy.version == "two"


async def test_who_may(house: House) -> None:
    admin, wang = await _pair(house)
    sender = await house.person("李", "messages:send")
    for who in (sender, wang):
        with pytest.raises(PolicyError, match="missing_scope"):
            await house.policies.propose(who, TWO)
    proposal = await house.policies.propose(admin, TWO)
    for who in (admin, sender, CLI):
        with pytest.raises(PolicyError, match="missing_scope"):
            await house.policies.decide(who, proposal, approve=True)
    with pytest.raises(PolicyError, match="missing_scope"):
        await house.policies.versions(sender)
    with pytest.raises(PolicyError, match="not_found"):
        await house.policies.decide(wang, "v0", approve=True)
    with pytest.raises(PolicyError, match="reason_missing"):
        await house.policies.decide(wang, proposal, approve=False)
    await house.policies.decide(wang, proposal, approve=False, reason="nein")
    with pytest.raises(PolicyError, match="wrong_state"):
        await house.policies.decide(wang, proposal, approve=True)
    assert house.policies.current.policy.version == "built-in"


async def test_no_person_decides_about_an_own_proposal(house: House) -> None:
    """Even one who was an administrator before, and is an approver now."""
    admin, _ = await _pair(house)
    proposal = await house.policies.propose(admin, TWO)
    await house.keys.revoke(CLI, admin.actor.removeprefix("key:"))
    new = await house.key(admin.person, "approve")
    with pytest.raises(PolicyError, match="own_proposal"):
        await house.policies.decide(new, proposal, approve=True)


async def test_a_fresh_approver_decides_nothing(house: House) -> None:
    proposal = await house.policies.propose(CLI, TWO)
    later(house, seconds=1)
    fresh = await house.person("新", "approve")
    with pytest.raises(PolicyError, match="approver_too_new"):
        await house.policies.decide(fresh, proposal, approve=True)


async def test_two_at_once_and_back_again(tmp_path: Path) -> None:
    async with opened(tmp_path, policy=ONE) as house:
        admin, wang = await _pair(house)
        zhao = await house.person("赵", "approve")
        proposal = await house.policies.propose(admin, TWO)
        results = await asyncio.gather(
            *(house.policies.decide(w, proposal, approve=True) for w in (wang, zhao)),
            return_exceptions=True,
        )
        assert [getattr(r, "code", None) for r in results] == [None, "wrong_state"]
        with pytest.raises(PolicyError, match="policy_unchanged"):
            await house.policies.propose(admin, TWO)
        back = await house.policies.propose(admin, ONE)
        await house.policies.decide(wang, back, approve=True)
        assert [state for _, state in await _states(house)] == [
            "in_force",
            "superseded",
            "superseded",
        ]


async def test_what_cannot_be_used_is_not_even_proposed(house: House) -> None:
    with pytest.raises(PolicyError, match="policy_invalid"):
        await house.policies.propose(CLI, 'version = "1"\nrules = []')
    assert await house.policies.versions(CLI) == []


@pytest.mark.parametrize(
    ("octets", "words"),
    [(b"\xff\xfe", "UTF-8"), (b"#" * (MAX_BYTES + 1), "larger"), (b"", "empty"), (None, "No such")],
)
async def test_files_that_cannot_be_used(
    house: House, tmp_path: Path, octets: bytes | None, words: str
) -> None:
    file = tmp_path / "bad.toml"
    if octets is not None:
        file.write_bytes(octets)
    with pytest.raises(PolicyError, match="policy_invalid") as caught:
        await SendPolicies(house.store, Floor()).load(file)
    assert words in str(caught.value.extra["what"])


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_bytes(b"\xef\xbb\xbf" + TWO.encode())
    assert read(file) == TWO


@pytest.mark.parametrize(
    "forbidden",
    [
        "UPDATE send_policy SET state = 'in_force' WHERE state = 'proposed'",
        "UPDATE send_policy SET text = 'x'",
        "DELETE FROM send_policy",
        "INSERT INTO send_policy (public_id, version, hash, text, state, proposed_by, proposed_at) "
        "VALUES ('v1', '1', printf('%064d', 1), '', 'in_force', 'cli', 1)",
    ],
)
async def test_the_schema_holds_it_too(tmp_path: Path, forbidden: str) -> None:
    async with opened(tmp_path, policy=ONE) as house:
        await house.policies.propose(CLI, TWO)
        with pytest.raises(sqlite3.IntegrityError):
            await house.store.write(lambda uow: uow.execute(forbidden))
