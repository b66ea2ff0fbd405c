"""The send policy over HTTP: proposed by one, approved by another; emergencies countersigned."""

from __future__ import annotations

from estate_sms.policy.callers import CLI

from .conftest import Site

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
        assert (await one.post(path)).status_code == 403
        done = await two.post(path, json={"reason": "seen"})
        assert done.status_code == 200, done.text
        assert (await two.post(path)).json()["code"] == "countersign_not_needed"
