"""Changing the word list: one proposes, another approves; the swap is whole or not at all."""

from __future__ import annotations

import asyncio
import sqlite3
import threading

import pytest

from estate_sms.policy.callers import CLI, Caller
from estate_sms.policy.errors import PolicyError
from estate_sms.policy.filter import WordFilter
from estate_sms.policy.word_lists import WordLists

from .conftest import House

HEAD = "word,category,action\n"
ONE = (HEAD + "翠湖秘方,ours,block\n").encode()
TWO = (HEAD + "翠湖秘方,ours,review\n湖心密约,ours,block\n").encode()


@pytest.fixture
def lists(house: House) -> tuple[WordLists, WordFilter]:
    checked = WordFilter.from_files()
    return WordLists(house.store, checked), checked


async def _pair(house: House) -> tuple[Caller, Caller]:
    return await house.person("管", "admin"), await house.person("王", "approve")


async def test_one_proposes_another_approves(
    house: House, lists: tuple[WordLists, WordFilter]
) -> None:
    kept, checked = lists
    admin, wang = await _pair(house)
    proposal = await kept.propose(admin, "own.csv", ONE, "投诉")
    assert checked.check("翠湖秘方", "service").action == "allow"
    assert await kept.compare(wang, proposal) == ["+ 翠湖秘方 (ours, block)"]
    await kept.decide(wang, proposal, approve=True)
    assert checked.check("翠-湖-秘-方", "service").action == "block"
    assert checked.check("澳门赌场", "service").action == "block", "the built-in list stays"
    second = await kept.propose(admin, "own.csv", TWO)
    assert await kept.compare(wang, second) == [
        "+ 湖心密约 (ours, block)",
        "~ 翠湖秘方: action block → review",
    ]
    await kept.decide(wang, second, approve=True)
    assert [v.state for v in await kept.versions(CLI)] == ["in_force", "superseded"]
    actions = [e for e in house.notebook.events if e.action.startswith("word_list")]
    assert [e.action for e in actions] == ["word_list.propose", "word_list.approve"] * 2
    assert {e.kind for e in actions} == {"config"}
    fresh = WordFilter.from_files()
    again = WordLists(house.store, fresh)
    await again.load()
    assert fresh.ruleset == checked.ruleset
    assert "湖心密约" in await again.exported(CLI)


async def test_who_proposes_does_not_decide(
    house: House, lists: tuple[WordLists, WordFilter]
) -> None:
    kept, checked = lists
    admin, wang = await _pair(house)
    before = checked.ruleset
    proposal = await kept.propose(admin, "own.csv", ONE)
    with pytest.raises(PolicyError, match="missing_scope"):
        await kept.decide(admin, proposal, approve=True)
    with pytest.raises(PolicyError, match="missing_scope"):
        await kept.decide(CLI, proposal, approve=True)
    with pytest.raises(PolicyError, match="missing_scope"):
        await kept.propose(wang, "own.csv", TWO)
    await kept.decide(wang, proposal, approve=False, reason="不妥")
    with pytest.raises(PolicyError, match="wrong_state"):
        await kept.decide(wang, proposal, approve=True)
    with pytest.raises(PolicyError, match="not_found"):
        await kept.decide(wang, "w0", approve=True)
    assert checked.ruleset == before


async def test_the_database_holds_the_rule_too(
    house: House, lists: tuple[WordLists, WordFilter]
) -> None:
    kept, _ = lists
    admin, _ = await _pair(house)
    await kept.propose(admin, "own.csv", ONE)
    for statement, said in (
        ("UPDATE word_list SET state = 'in_force'", "two persons"),
        ("UPDATE word_list SET content = x''", "immutable"),
        ("DELETE FROM word_list", "kept"),
    ):
        with pytest.raises(sqlite3.IntegrityError, match=said):
            await house.store.write(lambda uow, s=statement: uow.execute(s))  # type: ignore[misc]  # bound in the loop


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"word,category,action\n\xff\xff\xff,x,block\n", "GB18030"),
        ((HEAD + "业主,x,block\n").encode(), "ordinary notice"),
        ((HEAD + "甲,x,forbid\n").encode(), "action"),
    ],
)
async def test_a_bad_list_changes_nothing(
    house: House, lists: tuple[WordLists, WordFilter], content: bytes, what: str
) -> None:
    kept, checked = lists
    admin, _ = await _pair(house)
    before = checked.ruleset
    with pytest.raises(PolicyError, match="word_list_invalid") as caught:
        await kept.propose(admin, "own.csv", content)
    assert what in str(caught.value.extra["what"])
    assert checked.ruleset == before
    assert await kept.versions(CLI) == []


async def test_the_same_list_is_no_change(
    house: House, lists: tuple[WordLists, WordFilter]
) -> None:
    kept, _ = lists
    admin, wang = await _pair(house)
    await kept.decide(wang, await kept.propose(admin, "own.csv", ONE), approve=True)
    with pytest.raises(PolicyError, match="word_list_unchanged"):
        await kept.propose(admin, "renamed.csv", ONE)


async def test_checks_go_on_during_a_reload(
    house: House, lists: tuple[WordLists, WordFilter]
) -> None:
    kept, checked = lists
    admin, wang = await _pair(house)
    words = "".join(f"翠湖{chr(0x4E00 + n)}{chr(0x5E00 + n)},ours,block\n" for n in range(3_000))
    proposal = await kept.propose(admin, "own.csv", (HEAD + words).encode())
    done, answers = threading.Event(), list[str]()

    def ask() -> None:
        while not done.is_set():
            answers.append(checked.check("翠湖一帀和澳门赌场", "service").action)

    asking = [asyncio.create_task(asyncio.to_thread(ask)) for _ in range(4)]
    await kept.decide(wang, proposal, approve=True)
    done.set()
    await asyncio.gather(*asking)
    assert set(answers) == {"block"}
