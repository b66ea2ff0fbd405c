"""Keys and people over HTTP."""

from __future__ import annotations

from estate_sms.policy.callers import CLI

from .conftest import Site


async def test_a_key_is_made_shown_once_used_and_revoked(site: Site) -> None:
    async with site.client(await site.token("admin")) as admin:
        made = await admin.post(
            "/api/v1/keys",
            json={
                "name": "billing",
                "scopes": ["messages:read"],
                "expires_at": "2099-01-01T00:00:00Z",
            },
        )
        assert made.status_code == 201
        key, token = made.json()["key"], made.json()["token"]
        assert key["expires_at"] == "2099-01-01T00:00:00Z"
        assert key["person"] is None
        listed = await admin.get("/api/v1/keys")
        assert token not in listed.text
        assert key["id"] in [item["id"] for item in listed.json()["items"]]
        async with site.client(token) as other:
            assert (await other.get("/api/v1/modems")).status_code == 200
            gone = await admin.delete(f"/api/v1/keys/{key['id']}")
            assert gone.status_code == 200
            assert gone.json()["revoked_at"] is not None
            assert (await other.get("/api/v1/modems")).status_code == 401


async def test_a_person_is_added_and_disabled(site: Site) -> None:
    async with site.client(await site.token("admin")) as admin:
        added = await admin.post("/api/v1/people", json={"name": "王主任"})
        assert added.status_code == 201
        person = added.json()
        again = await admin.post("/api/v1/people", json={"name": "王主任"})
        assert (again.status_code, again.json()["code"]) == (409, "name_taken")
        key = await admin.post(
            "/api/v1/keys", json={"name": "wang", "scopes": ["approve"], "person": person["id"]}
        )
        assert key.json()["key"]["person"] == person["id"]
        disabled = await admin.post(f"/api/v1/people/{person['id']}/disable")
        assert disabled.json()["disabled_at"] is not None
        async with site.client(key.json()["token"]) as wang:
            answer = await wang.post("/api/v1/batches/b1/approve", json={})
            assert answer.status_code in {401, 403}
        assert [p["name"] for p in (await admin.get("/api/v1/people")).json()["items"]] == [
            "王主任"
        ]


async def test_refusals_of_administration(site: Site) -> None:
    async with site.client(await site.token("admin")) as admin:
        for body, code in (
            ({"name": "x", "scopes": ["fly"]}, "scope_unknown"),
            ({"name": "x", "scopes": ["approve"]}, "not_a_person"),
            ({"name": "", "scopes": ["filter"]}, "name_invalid"),
            ({"name": "x", "scopes": "filter"}, "wrong_type"),
            (
                {"name": "x", "scopes": ["filter"], "expires_at": "2099-01-01T00:00:00"},
                "wrong_type",
            ),
        ):
            answer = await admin.post("/api/v1/keys", json=body)
            assert answer.json()["code"] == code, body
        assert (await admin.delete("/api/v1/keys/knothing")).json()["code"] == "not_found"
        assert (await admin.post("/api/v1/people/pnothing/disable")).json()["code"] == "not_found"


async def test_a_key_that_takes_two_persons(site: Site) -> None:
    people = [(await site.people.add(CLI, name)).id for name in ("王", "赵", "新")]
    admin = await site.token("admin")
    wang, _ = [await site.token("approve", person=person) for person in people[:2]]
    wanted = {"name": "k", "scopes": ["approve", "messages:read"], "person": people[2]}
    async with site.client(admin) as one, site.client(wang) as two:
        made = (await one.post("/api/v1/keys", json={**wanted, "reason": "third"})).json()
        path = f"/api/v1/keys/grants/{made['waits_for']}"
        async with site.client(made["token"]) as new:
            assert (await new.get("/api/v1/modems")).status_code == 401
            assert (await one.post(f"{path}/approve")).json()["code"] == "missing_scope"
            assert (await two.post(f"{path}/reject", json={})).json()["code"] == "reason_missing"
            assert (await two.post(f"{path}/approve", json={"reason": 7})).status_code == 422
            (item,) = (await two.get("/api/v1/keys/grants")).json()["items"]
            assert (item["state"], item["scopes"]) == ("proposed", wanted["scopes"])
            assert made["token"] not in str(item)
            done = await two.post(f"{path}/approve")
            assert done.json()["items"][0]["state"] == "granted", done.text
            assert (await new.get("/api/v1/modems")).status_code == 200
        again = await two.post(f"{path}/approve")
        assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
        gone = await two.post("/api/v1/keys/grants/gnone/approve")
        assert (gone.status_code, gone.json()["code"]) == (404, "not_found")
