"""The word filter over HTTP: what it says, who reviews, and how a list changes under load."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import pytest

from estate_sms.policy.callers import CLI

from .conftest import NUMBER, Site

HEAD = "word,category,action\n"
LISTS = "/api/v1/filter/lists"
CHECK = "/api/v1/filter/check"


class Staff(NamedTuple):
    """Two persons: one writes and proposes, the other decides."""

    writer: httpx.AsyncClient
    admin: httpx.AsyncClient
    other: httpx.AsyncClient


@pytest.fixture
async def staff(site: Site) -> AsyncIterator[Staff]:
    li = (await site.people.add(CLI, "李")).id
    wang = (await site.people.add(CLI, "王")).id
    tokens = [
        await site.token("messages:send", "messages:read", "filter", person=li),
        await site.token("admin", person=li),
        await site.token("approve", "messages:read", person=wang),
    ]
    async with contextlib.AsyncExitStack() as stack:
        yield Staff(*[await stack.enter_async_context(site.client(token)) for token in tokens])


async def _check(client: httpx.AsyncClient, text: str, purpose: str = "service") -> dict[str, Any]:
    answer = await client.post(CHECK, json={"text": text, "purpose": purpose})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _propose(client: httpx.AsyncClient, text: str, name: str = "own.csv") -> str:
    answer = await client.post(LISTS, json={"name": name, "text": text, "reason": "投诉"})
    assert answer.status_code == 201, answer.text
    proposal: str = answer.json()["id"]
    return proposal


async def test_every_hit_says_where_by_which_rule_and_what_to_do(staff: Staff) -> None:
    text = "【通知】出售海-洛-因，详见 t.cn/A6abc"
    answer = await _check(staff.writer, text)
    assert answer["action"] == "block"
    found = {text[hit["start"] : hit["end"]]: hit for hit in answer["hits"]}
    assert {"海-洛-因", "t.cn/A6abc"} <= found.keys()
    assert found["海-洛-因"]["view"] == "separators"
    assert found["t.cn/A6abc"]["rule"] == "detector:short link"
    assert all(hit["advice"] and hit["advice_zh"] for hit in answer["hits"])
    assert (await _check(staff.writer, text, "emergency"))["action"] == "alert"


@pytest.mark.parametrize("verdict", ["approve", "reject"])
async def test_a_review_is_ended_by_another_person(staff: Staff, verdict: str) -> None:
    body = {"to": [NUMBER], "text": "小区有人赌博，详见example.com", "purpose": "service"}
    batch = (await staff.writer.post("/api/v1/messages", json=body)).json()["batch"]
    assert batch["state"] == "held"
    path = f"/api/v1/batches/{batch['id']}"
    seen = (await staff.other.get(path)).json()
    (hold,) = [hold for hold in seen["holds"] if hold["kind"] == "review"]
    assert hold["detail"]["found"] == "4-6 gambling (literal); 9-20 link (detector)"
    assert seen["text"][9:20] == "example.com"
    own = await staff.writer.post(f"{path}/{verdict}", json={"reason": "我看过"})
    assert own.status_code == 403
    if verdict == "reject":
        bare = await staff.other.post(f"{path}/reject", json={})
        assert bare.status_code >= 400, "a reason is needed"
    done = await staff.other.post(f"{path}/{verdict}", json={"reason": "已核实"})
    assert done.status_code == 200, done.text
    ended = (await staff.writer.get(path)).json()
    assert ended["state"] == {"approve": "sending", "reject": "rejected"}[verdict]
    assert ended["decisions"][-1]["reason"] == "已核实"


async def test_a_list_from_proposal_to_roll_back(staff: Staff) -> None:
    first = await _propose(staff.admin, HEAD + "翠湖秘方,ours,block\n")
    assert (await staff.other.get(f"{LISTS}/{first}/changes")).json() == {
        "changes": ["+ 翠湖秘方 (ours, block)"]
    }
    assert (await staff.admin.post(f"{LISTS}/{first}/approve", json={})).status_code == 403
    yes = await staff.other.post(f"{LISTS}/{first}/approve", json={"reason": "好"})
    assert yes.status_code == 200, yes.text
    assert (await _check(staff.writer, "翠-湖-秘-方"))["action"] == "block"
    second = await _propose(staff.admin, HEAD + "湖心密约,ours,block\n")
    assert (await staff.other.post(f"{LISTS}/{second}/reject", json={})).status_code == 422
    await staff.other.post(f"{LISTS}/{second}/approve", json={})
    assert (await _check(staff.writer, "翠湖秘方"))["action"] == "allow"
    again = await staff.admin.post(f"{LISTS}/{first}/restore", json={"reason": "误改"})
    assert again.status_code == 200, again.text
    assert (await _check(staff.writer, "翠湖秘方"))["action"] == "allow", "it waits as well"
    await staff.other.post(f"{LISTS}/{again.json()['id']}/approve", json={})
    assert (await _check(staff.writer, "翠湖秘方"))["action"] == "block"
    exported = (await staff.other.get(f"{LISTS}/current")).json()["text"]
    assert exported.splitlines()[1].startswith("翠湖秘方,ours,block")
    states = [item["state"] for item in (await staff.other.get(LISTS)).json()["items"]]
    assert states == ["in_force", "superseded", "superseded"]
    gone = await staff.admin.post(f"{LISTS}/w0/restore", json={})
    assert gone.status_code == 404


BAD_LISTS = {
    "": "header",
    HEAD + ",x,block\n": "word",
    HEAD + "\x00,x,block\n": "word",
    HEAD + "词,x,block\n" * 1_000_000: "250,000",
    HEAD + '"未闭合,x,block\n': "CSV",
    HEAD + "业主,x,block\n": "ordinary notice",
}


async def test_a_bad_list_is_refused_by_name_and_line(staff: Staff) -> None:
    before = (await staff.other.get(LISTS)).json()
    for text, what in BAD_LISTS.items():
        answer = await staff.admin.post(LISTS, json={"name": "bad.csv", "text": text, "reason": ""})
        assert answer.status_code == 422, answer.text[:300]
        problem = answer.json()
        assert problem["code"] == "word_list_invalid"
        assert "bad.csv" in problem["message"]
        assert what in problem["message"]
    assert (await staff.other.get(LISTS)).json() == before, "nothing half-loaded"


async def test_odd_words_are_words(staff: Staff) -> None:
    words = ("甲.*乙", "(甲|乙", "[甲乙", "甲\x00乙", "甲甲", "\ud800甲乙丙")
    lines = "".join(f"{word},x,block\n" for word in (*words, *words))
    content = (HEAD + lines).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    proposal = await _propose(staff.admin, content)
    done = await staff.other.post(f"{LISTS}/{proposal}/approve", json={})
    assert done.status_code == 200, done.text
    for word in words[:5]:
        assert (await _check(staff.writer, f"。{word}。"))["action"] == "block", word
    assert (await _check(staff.writer, "甲和乙都在"))["action"] == "allow"


HARMFUL = {
    "every plane": "".join(chr(plane << 16 | 0x1234) for plane in range(17)) * 50,
    "a tower of marks": "海" + "\u0336" * 50_000 + "洛因",
    "bidi": "\u202e\u2066甲\u2069" * 10_000,
    "parts": "氵每" * 30_000,
    "1 MB": "1" * 1_000_000,
}


async def test_texts_that_mean_harm_are_answered(staff: Staff) -> None:
    for name, text in HARMFUL.items():
        answer = await staff.writer.post(CHECK, json={"text": text, "purpose": "service"})
        assert answer.status_code == 200, (name, answer.text[:300])
    lone = b'{"text": "\\ud800\\udfff\\udc00", "purpose": "service"}'
    kind = {"Content-Type": "application/json"}
    answer = await staff.writer.post(CHECK, content=lone, headers=kind)
    assert answer.status_code in {200, 400, 422}
    assert (await _check(staff.writer, "停水"))["action"] == "allow"


async def test_a_reload_under_two_hundred_checks(staff: Staff) -> None:
    """Nobody waits for it, nobody is refused, and every answer is by the old rules or by the new."""
    lines = (f"翠湖{chr(0x4E00 + n)}{chr(0x5E00 + n)},ours,block\n" for n in range(2_000))
    proposal = await _propose(staff.admin, HEAD + "".join(lines))
    before = (await _check(staff.writer, "停水"))["ruleset"]

    async def ask() -> tuple[str, str]:
        answer = await _check(staff.writer, "翠湖一帀")
        return answer["ruleset"], answer["action"]

    asking = [asyncio.create_task(ask()) for _ in range(100)]
    deciding = asyncio.create_task(staff.other.post(f"{LISTS}/{proposal}/approve", json={}))
    asking += [asyncio.create_task(ask()) for _ in range(100)]
    answers = await asyncio.gather(*asking)
    yes = await deciding
    assert yes.status_code == 200, yes.text
    after = yes.json()["ruleset"]
    assert set(answers) <= {(before, "allow"), (after, "block")}
    assert await ask() == (after, "block")
