"""The send policy over HTTP: proposed by one, approved by another; emergencies countersigned."""

from __future__ import annotations

from estate_sms.policy.callers import CLI

from .conftest import Options, Site

TEXT = 'version = "two"\n[[rule]]\nname = "no ads"\npurposes = ["commercial"]\ndeny = true\n'
NUMBER = "+8613800138000"


async def test_one_proposes_another_approves_and_the_words_come_through(site: Site) -> None:
    wang = await site.people.add(CLI, "王")
    approver = await site.token("approve", person=wang.id)
    admin = await site.token("admin")
    sender = await site.token("messages:send")
    ad = {"to": [NUMBER], "text": "大减价", "purpose": "commercial"}
    async with (
        site.client(admin) as one,
        site.client(approver) as two,
        site.client(sender) as three,
    ):
        bad = await one.post("/api/v1/policy", json={"text": 'versoin = "1"'})
        assert (bad.status_code, bad.json()["code"]) == (422, "policy_invalid")
        assert "nearest is version" in bad.json()["detail"]
        made = await one.post("/api/v1/policy", json={"text": TEXT, "reason": "vote"})
        assert made.status_code == 201, made.text
        path = f"/api/v1/policy/{made.json()['id']}"
        assert (await one.post(f"{path}/approve")).json()["code"] == "missing_scope"
        seen = (await two.get(path)).json()
        assert seen["version"]["text"] == TEXT
        assert "+ rule 'no ads': purposes = [commercial], deny = True" in seen["changes"]
        done = await two.post(f"{path}/approve", json={"reason": "ok"})
        assert (done.status_code, done.json()["version"]) == (200, "two")
        refused = await three.post("/api/v1/messages", json=ad)
        assert (refused.status_code, refused.json()["code"]) == (403, "policy_stopped")
        assert refused.json()["rule"] == "no ads"
        listed = (await one.get("/api/v1/policy")).json()
        assert [(v["state"], v["text"]) for v in listed["versions"]] == [("in_force", "")]
        assert (await three.get("/api/v1/policy")).status_code == 403
        again = await one.post("/api/v1/policy", json={"text": TEXT})
        assert (again.status_code, again.json()["code"]) == (409, "policy_unchanged")


async def test_an_emergency_is_countersigned(site: Site) -> None:
    wang = await site.people.add(CLI, "王")
    approver = await site.token("approve", person=wang.id)
    operator = await site.token("messages:emergency")
    fire = {"to": [NUMBER], "text": "火警", "purpose": "emergency", "reason": "3号楼"}
    async with site.client(operator) as one, site.client(approver) as two:
        sent = (await one.post("/api/v1/messages", json=fire)).json()
        path = f"/api/v1/batches/{sent['batch']['id']}/countersign"
        async with site.client(await site.token("messages:read")) as reader:
            (waits,) = (await reader.get("/api/v1/emergencies")).json()["items"]
        assert (waits["batch"], waits["reason"]) == (sent["batch"]["id"], "3号楼")
        assert waits["overdue"] is False
        assert (await one.get("/api/v1/emergencies")).status_code == 403
        assert (await one.post(path)).status_code == 403
        done = await two.post(path, json={"reason": "seen"})
        assert done.status_code == 200, done.text
        assert (await two.post(path)).json()["code"] == "countersign_not_needed"


async def test_why_a_batch_waits_in_both_languages(site: Site, options: Options) -> None:
    numbers = [f"+86138001380{n:02d}" for n in range(options.policy.approval_above + 1)]
    notice = {"to": numbers, "text": "停水", "purpose": "service"}
    reader = await site.token("messages:read", "messages:send")
    async with site.client(reader) as one, site.client(await site.token("inbox")) as other:
        batch = (await one.post("/api/v1/messages", json=notice)).json()["batch"]["id"]
        path = f"/api/v1/batches/{batch}/explanation"
        told = (await one.get(path)).json()
        assert (told["id"], told["outcome"], told["state"]) == (batch, "held", "held")
        (line,) = told["lines"]
        assert (line["effect"], line["rule"]) == ("held", "approval_above")
        assert "must approve above 20" in line["words"]
        assert "须另一人审批" in line["words_zh"]
        assert (await other.get(path)).status_code == 403
        assert (await one.get("/api/v1/batches/b0/explanation")).json()["code"] == "not_found"


async def test_a_stop_says_why_in_the_callers_language(site: Site) -> None:
    wang = (await site.people.add(CLI, "王")).id
    approver, admin = await site.token("approve", person=wang), await site.token("admin")
    ad = {"to": [NUMBER], "text": "大减价", "purpose": "commercial"}
    async with site.client(admin) as one, site.client(approver) as two:
        made = (await one.post("/api/v1/policy", json={"text": TEXT})).json()["id"]
        await two.post(f"/api/v1/policy/{made}/approve")
        for language, words in (("zh-CN", "不允许此类发送"), ("en", "this is not allowed")):
            said = await one.post(
                "/api/v1/messages", json=ad, headers={"Accept-Language": language}
            )
            assert words in said.json()["detail"]
            assert said.json()["why_zh"] == "不允许此类发送"
